/**
 * The kinds of numbers in a baseline's loops. Whole is what counts, and what is computed from whole numbers alone; so is what an index is
 * computed from, where even a division leaves no rest. All other numbers are real. What comes from a tensor is a pointer.
 */
import type * as js from 'acorn';
import type { Dtype } from '../contract/op.ts';

/** A variable, or what a function returns. */
export interface Declared {
  readonly name: string;
  /** A pointer has the type of its elements. */
  kind: 'whole' | 'real' | Dtype;
  /** The values that it gets. */
  readonly flows: js.AnyNode[];
  /** An f32 in the other language, although JavaScript counts in f64. */
  readonly single?: boolean;
  /** Whether something is written through this pointer. */
  written?: boolean;
  /** The number of elements behind a pointer, as text that every language reads, or as code. */
  readonly length?: string | js.AnyNode;
  /** A constant of the module, which is written out where it is used. */
  readonly constant?: js.AnyNode;
}

/** What a file says, by name and node. */
export interface Uses {
  readonly refs: ReadonlyMap<js.AnyNode, Declared>;
  readonly all: readonly Declared[];
  /** Code that is used as an index, or as a length. */
  readonly indices: readonly js.AnyNode[];
  /** The results of functions. */
  readonly results: ReadonlyMap<string, Declared>;
}

export const comparisons = ['===', '!==', '==', '!=', '<', '>', '<=', '>='];
export const bitwise = ['&', '|', '^', '<<', '>>'];

export const nameOf = (node: js.AnyNode | undefined): string => (node?.type === 'Identifier' ? node.name : '');

/** Settles the kind of each name. */
export function settleKinds({ refs, all, indices, results }: Uses) {
  const exactDivisions = new Set<js.AnyNode>();
  const declaredBy = (node: js.AnyNode) =>
    node.type === 'CallExpression' ? results.get(nameOf(node.callee)) : refs.get(node);

  const pointedTo = (node: js.AnyNode): Dtype | null => {
    if (node.type === 'ConditionalExpression') return pointedTo(node.consequent) ?? pointedTo(node.alternate);
    if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression')
      return nameOf(node.callee.property) === 'subarray' ? pointedTo(node.callee.object) : null;
    const kind = declaredBy(node)?.kind;
    return kind === 'f32' || kind === 'i32' ? kind : null;
  };
  const isWhole = (node: js.AnyNode): boolean => {
    switch (node.type) {
      case 'Literal':
        return typeof node.value !== 'number' || (Number.isInteger(node.value) && Math.abs(node.value) < 2 ** 31);
      case 'BinaryExpression': {
        const { operator } = node;
        if (comparisons.includes(operator) || bitwise.includes(operator)) return true;
        if (operator === '/' && !exactDivisions.has(node)) return false;
        return isWhole(node.left) && isWhole(node.right);
      }
      case 'LogicalExpression':
        return true;
      case 'UnaryExpression':
        return node.operator !== '-' || isWhole(node.argument);
      case 'ConditionalExpression':
        return isWhole(node.consequent) && isWhole(node.alternate);
      case 'MemberExpression':
        if (node.computed) return pointedTo(node.object) === 'i32';
        return refs.has(node) ? refs.get(node)?.kind === 'whole' : nameOf(node.property) === 'length';
      default:
        return declaredBy(node)?.kind === 'whole';
    }
  };

  const counters = new Set<Declared>();
  const count = (node: js.AnyNode): void => {
    const declared = declaredBy(node);
    if (declared && !counters.has(declared)) {
      counters.add(declared);
      declared.flows.forEach(count);
    }
    if (node.type === 'UnaryExpression') count(node.argument);
    if (node.type === 'ConditionalExpression') [node.consequent, node.alternate].forEach(count);
    if (node.type !== 'BinaryExpression' || [...comparisons, ...bitwise].includes(node.operator)) return;
    if (node.operator === '/') exactDivisions.add(node);
    [node.left, node.right].forEach(count);
  };
  indices.forEach(count);
  // All are whole until they are found to be something else.
  for (let changed = true; changed; ) {
    changed = false;
    for (const one of all.filter(({ kind }) => kind === 'whole')) {
      const isReal = !counters.has(one) && one.flows.some((flow) => !isWhole(flow));
      one.kind = one.flows.map(pointedTo).find((dtype) => dtype !== null) ?? (isReal ? 'real' : 'whole');
      changed ||= one.kind !== 'whole';
    }
  }
  return { isWhole, pointedTo };
}

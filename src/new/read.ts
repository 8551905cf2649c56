/**
 * Reads a baseline's plain loops, to be written in another language: numbers, tensors, `for`, `while`, `if`, and functions of such things.
 * What it does not know it leaves to src/new/write.ts to refuse.
 */
import type * as js from 'acorn';
import { parse } from 'acorn';
import { signatureOf } from '../catalog/signatures.ts';
import type { AnyOp, Dtype, TensorSpec } from '../contract/op.ts';
import { type Declared, nameOf, settleKinds } from './kinds.ts';

/** Something in the code that cannot be put into another language. */
export class Refusal extends Error {}

export interface Routine {
  readonly name: string;
  readonly params: readonly Declared[];
  readonly result: Declared;
  readonly body: js.BlockStatement;
}

type Record = { readonly parts: ReadonlyMap<string, Declared> };
interface Scope {
  readonly names: Map<string, Declared | Record>;
  readonly outer: Scope | null;
}

/** C's keywords, and names that the code around the loops uses. */
const reserved = new Set(
  `auto break case char const continue default do double else enum extern float for goto if inline int long register restrict return short
  signed sizeof static struct switch typedef union unsigned void volatile while load store run scratchBytes tid nthreads scratch`.split(
    /\s+/,
  ),
);

export type Loops = ReturnType<typeof readLoops>;

/** What the module of a baseline computes. Throws Refusal. */
export function readLoops(code: string, op: AnyOp) {
  const { body } = parse(code, { ecmaVersion: 'latest', sourceType: 'module' });
  const refs = new Map<js.AnyNode, Declared>();
  const routines = new Map<string, Routine>();
  const all: Declared[] = [];
  const indices: js.AnyNode[] = [];
  const refuse = (node: js.AnyNode, why: string): never => {
    throw new Refusal(`'${code.slice(node.start, node.end).split('\n')[0].slice(0, 60)}' ${why}`);
  };
  const globals = new Map<string, js.AnyNode>();
  for (const statement of body) {
    if (statement.type === 'FunctionDeclaration') globals.set(nameOf(statement.id), statement);
    if (statement.type === 'VariableDeclaration')
      for (const { id, init } of statement.declarations) if (init) globals.set(nameOf(id), init);
  }

  const declare = (name: string, rest: Partial<Declared> = {}): Declared => {
    const own = reserved.has(name) ? `${name}_` : name;
    const declared: Declared = { name: own, kind: 'whole', flows: [], ...rest };
    all.push(declared);
    return declared;
  };
  const top: Scope = { names: new Map(), outer: null };
  const within = (outer: Scope): Scope => ({ names: new Map(), outer });
  const find = (name: string, scope: Scope | null): Declared | Record | undefined =>
    scope ? (scope.names.get(name) ?? find(name, scope.outer)) : constantOf(name);

  const constantOf = (name: string): Declared | undefined => {
    const constant = globals.get(name);
    if (!constant || isFunction(constant)) return undefined;
    const declared = declare(name, { constant, flows: [constant] });
    top.names.set(name, declared);
    visit(constant, top);
    return declared;
  };
  const routineOf = (name: string): Routine | undefined => {
    const node = globals.get(name);
    const known = routines.get(name);
    if (known || !node || !isFunction(node)) return known;
    if (node.body.type !== 'BlockStatement') return refuse(node, 'has no body in braces');
    const scope = within(top);
    const params = node.params.map((param) => bind(param, null, scope));
    const made = { name: declare(name).name, params, result: declare(name), body: node.body };
    routines.set(name, made);
    visit(node.body, scope, made.result);
    // What it calls comes first.
    routines.delete(name);
    routines.set(name, made);
    return made;
  };

  /** Names what a pattern takes apart; returns it if it is one name. */
  const bind = (pattern: js.AnyNode, value: js.AnyNode | Declared | Record | null, scope: Scope): Declared => {
    if (pattern.type === 'Identifier') {
      const isNode = value === null || 'type' in value;
      const known = isNode ? declare(pattern.name, value ? { flows: [value], written: true } : {}) : value;
      scope.names.set(pattern.name, known);
      if ('name' in known) refs.set(pattern, known);
      return known as Declared;
    }
    if (pattern.type !== 'ObjectPattern') return refuse(pattern, 'is no plain name');
    const from = value && 'type' in value ? find(nameOf(value), scope) : value;
    for (const one of pattern.properties) {
      const part = one.type === 'Property' && from && 'parts' in from && from.parts.get(nameOf(one.key));
      if (!part || one.type !== 'Property') return refuse(one, 'is no part of what it is taken from');
      bind(one.value, part, scope);
    }
    return refs.values().next().value as Declared;
  };

  const visit = (node: js.AnyNode, scope: Scope, result?: Declared): unknown => {
    const children = (inner = scope) => {
      for (const child of Object.values(node).flat()) if (typeof child?.type === 'string') visit(child, inner, result);
    };
    switch (node.type) {
      case 'Identifier': {
        const known = find(node.name, scope);
        if (known && 'name' in known) refs.set(node, known);
        return;
      }
      case 'MemberExpression': {
        const holder = find(nameOf(node.object), scope);
        const part = holder && 'parts' in holder ? holder.parts.get(nameOf(node.property)) : undefined;
        if (part) refs.set(node, part);
        else visit(node.object, scope, result);
        if (!node.computed) return;
        indices.push(node.property);
        return visit(node.property, scope, result);
      }
      case 'ForOfStatement':
      case 'ForInStatement':
        return refuse(node, 'runs over values: let an index run instead');
      case 'BlockStatement':
      case 'ForStatement':
        return children(within(scope));
      case 'VariableDeclaration':
        node.declarations = node.declarations.flatMap((one) => apart(one, refuse));
        return children();
      case 'VariableDeclarator':
        if (!node.init) return refuse(node, 'has no value at first');
        visit(node.init, scope, result);
        return bind(node.id, node.init, scope);
      case 'AssignmentExpression': {
        children();
        const { left, right, operator } = node;
        const written = left.type === 'MemberExpression' ? refs.get(left.object) : undefined;
        if (written) written.written = true;
        const sum = { ...node, type: 'BinaryExpression', operator: operator.slice(0, -1) } as js.BinaryExpression;
        refs.get(left)?.flows.push(operator === '=' ? right : sum);
        return;
      }
      case 'BinaryExpression': {
        const { operator, left, right } = node;
        if (operator !== '**') return children();
        const isSquare = right.type === 'Literal' && right.value === 2;
        const power = { type: 'CallExpression', callee: own(node, 'Math', 'pow'), arguments: [left, right] };
        return visit(Object.assign(node, isSquare ? { operator: '*', right: left } : power), scope, result);
      }
      case 'CallExpression': {
        const { arguments: given } = node;
        const ours = `math_${nameOf(node.callee.type === 'MemberExpression' ? node.callee.property : node.callee)}`;
        if (node.callee.type === 'MemberExpression' && nameOf(node.callee.object) === 'Math' && globals.has(ours))
          node.callee = own(node, ours);
        const { callee } = node;
        for (const argument of given) visit(argument, scope, result);
        if (callee.type === 'MemberExpression') {
          visit(callee.object, scope, result);
          if (nameOf(callee.property) === 'subarray') indices.push(...given);
        }
        for (const [i, param] of routineOf(nameOf(callee))?.params.entries() ?? [])
          param.flows.push(given[i] ?? refuse(node, 'leaves out an argument'));
        return;
      }
      case 'ReturnStatement':
        if (node.argument) result?.flows.push(node.argument);
        return children();
      default:
        return isFunction(node) ? refuse(node, 'is a function in a function') : children();
    }
  };

  const { dims, scalars, tensors } = op;
  const { tensors: described } = signatureOf(op);
  const pointers = Object.entries<TensorSpec>(tensors).map(([name, { dtype, role }], i) => {
    const extents = described[i].shape.map((extent) => (extent.includes('?') ? `(${extent})` : extent));
    const length = extents.some((extent) => /sum of/.test(extent)) ? undefined : extents.join(' * ');
    return declare(name, { kind: dtype, written: role !== 'in', length });
  });
  const sizes: Declared[] = dims.map((name: string) => declare(name));
  const numbers: Declared[] = scalars.map((name: string) => declare(name, { kind: 'real', single: true }));
  const record = (names: readonly string[], parts: readonly Declared[]): Record => ({
    parts: new Map(names.map((name, i) => [name, parts[i]])),
  });

  const setup = setupOf(body, globals);
  const last = setup?.body.type === 'BlockStatement' ? setup.body.body.at(-1) : undefined;
  const run = last?.type === 'ReturnStatement' ? last.argument : null;
  if (setup?.body.type !== 'BlockStatement' || !isFunction(run))
    throw new Refusal("its setup does not end with 'return (tensors, scalars) => …'");
  const scope = within(top);
  const [given, arena] = setup.params;
  if (given) bind(given, record(dims, sizes), scope);
  /** Scratch memory that setup takes from the arena. */
  const taken: { readonly pointer: Declared; readonly length: js.AnyNode }[] = [];
  const before = setup.body.body.slice(0, -1).filter((statement) => {
    const [one] = statement.type === 'VariableDeclaration' ? statement.declarations : [];
    const { callee, arguments: args = [] } = one?.init?.type === 'CallExpression' ? one.init : {};
    const takes = callee?.type === 'MemberExpression' && nameOf(callee.object) === nameOf(arena) ? callee : null;
    visit(takes ? args[0] : statement, scope);
    if (!one || !takes) return true;
    const pointer = declare(nameOf(one.id), { kind: nameOf(takes.property) as Dtype, written: true, length: args[0] });
    scope.names.set(nameOf(one.id), pointer);
    indices.push(args[0]);
    taken.push({ pointer, length: args[0] });
    return false;
  });
  if (run.params[0]) bind(run.params[0], record(Object.keys(tensors), pointers), scope);
  if (run.params[1]) bind(run.params[1], record(scalars, numbers), scope);
  visit(run.body, scope);
  const results = new Map([...routines].map(([name, { result }]) => [name, result]));
  const kinds = settleKinds({ refs, all, indices, results });
  return { ...kinds, refs, routines, pointers, sizes, numbers, taken, before, work: run.body, refuse };
}

/** `name`, or `name.property`, at the place of a node. */
function own({ start, end }: js.AnyNode, name: string, property?: string): js.Expression {
  const object: js.Identifier = { type: 'Identifier', name, start, end };
  const named: js.Identifier = { ...object, name: property ?? name };
  if (property === undefined) return object;
  return { type: 'MemberExpression', object, property: named, computed: false, optional: false, start, end };
}

/** `const [a, b] = test ? [1, 2] : [3, 4]` as two declarations. */
function apart(one: js.VariableDeclarator, refuse: Loops['refuse']): js.VariableDeclarator[] {
  if (one.id.type !== 'ArrayPattern') return [one];
  return one.id.elements.map((element, i) => {
    const at = (node: js.AnyNode | null | undefined): js.Expression => {
      if (node?.type === 'ConditionalExpression')
        return { ...node, consequent: at(node.consequent), alternate: at(node.alternate) };
      const found = node?.type === 'ArrayExpression' ? node.elements[i] : null;
      return found && found.type !== 'SpreadElement' ? found : refuse(one, 'takes apart something else than a list');
    };
    return element ? { ...one, id: element, init: at(one.init) } : refuse(one, 'leaves out an element');
  });
}

type AnyFunction = js.FunctionDeclaration | js.FunctionExpression | js.ArrowFunctionExpression;

const isFunction = (node: js.AnyNode | null | undefined): node is AnyFunction =>
  /^(Function(Declaration|Expression)|ArrowFunctionExpression)$/.test(node?.type ?? '');

/** The setup of the default export. */
function setupOf(body: js.Program['body'], globals: ReadonlyMap<string, js.AnyNode>): AnyFunction | undefined {
  const exported = body
    .flatMap((one) => (one.type === 'ExportNamedDeclaration' ? one.specifiers : []))
    .find((one) => nameOf(one.exported) === 'default');
  const object = globals.get(nameOf(exported?.local));
  const properties = object?.type === 'ObjectExpression' ? object.properties : [];
  return properties
    .flatMap((one) => (one.type === 'Property' && nameOf(one.key) === 'setup' ? [one.value as js.AnyNode] : []))
    .find(isFunction);
}

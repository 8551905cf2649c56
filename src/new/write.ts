/** Writes the loops of a baseline in AssemblyScript or C. What is real is an f64 there too, so that it is rounded where JavaScript rounds it. */
import type * as js from 'acorn';
import type { Dialect } from './dialects.ts';
import { bitwise, type Declared, nameOf } from './kinds.ts';
import type { Loops } from './read.ts';

const precedence: Readonly<Record<string, number>> = Object.fromEntries(
  ['||', '&&', '|', '^', '&', '== !=', '< > <= >=', '<< >>', '+ -', '* / %'].flatMap((operators, i) =>
    operators.split(' ').map((operator) => [operator, i + 1]),
  ),
);
const [lowest, unary, highest] = [0, 11, 12];
const foreign = 'is something that JavaScript alone has';

/** The functions, each after those that it calls. Throws Refusal. */
export function writeLoops(loops: Loops, to: Dialect): string {
  const { refs, routines, pointers, sizes, numbers, taken, before, work, isWhole, pointedTo, refuse } = loops;

  /** f32: what is kept in one, until it is computed with. Whole numbers and literals fit any real. */
  const width = (node: js.AnyNode): 'f64' | 'f32' | null => {
    if (node.type === 'Literal' || isWhole(node)) return null;
    if (node.type === 'UnaryExpression') return width(node.argument);
    return (node.type === 'MemberExpression' && node.computed) || refs.get(node)?.single ? 'f32' : 'f64';
  };
  const whole = (node: js.AnyNode, at: number) => (isWhole(node) ? show(node, at) : to.cast('i32', show(node, unary)));
  const element = ({ object, property }: js.MemberExpression) =>
    [show(object, highest), whole(property, to.aroundIndex)] as const;
  const lengthOf = (object: js.AnyNode): string => {
    const length = refs.get(object)?.length ?? refuse(object, 'has a length that is not known there');
    return typeof length === 'string' ? length : show(length, lowest);
  };
  const call = (node: js.CallExpression): string => {
    const { callee } = node;
    const routine = routines.get(nameOf(callee));
    const param = (one: js.AnyNode, i: number) =>
      routine?.params[i] ? fitting(routine.params[i], one) : show(one, lowest);
    const args = node.arguments.map(param).join(', ');
    if (routine) return `${routine.name}(${args})`;
    if (callee.type !== 'MemberExpression') return refuse(node, 'calls no function of the baseline');
    const name = nameOf(callee.property);
    if (name === 'subarray' && pointedTo(callee.object))
      return to.offset(
        show(callee.object, precedence['+']),
        whole(node.arguments[0], to.aroundIndex || precedence['*']),
      );
    if (nameOf(callee.object) !== 'Math' || !(name in Math)) return refuse(node, 'calls no function of Math');
    if (name === 'fround') return to.cast('f64', to.cast('f32', `(${args})`));
    return `${to.math(name) ?? refuse(node, 'is not known there')}(${args})`;
  };

  const binary = (node: js.BinaryExpression | js.LogicalExpression): readonly [text: string, bound: number] => {
    const { left, right } = node;
    const operator = node.operator.replace(/([=!]=)=/, '$1');
    const bound = precedence[operator];
    if (bound === undefined || (operator === '%' && !isWhole(node))) return refuse(node, foreign);
    const sides = (a: string, b: string) => [`${a} ${operator} ${b}`, bound] as const;
    if (bitwise.includes(operator)) return sides(whole(left, bound), whole(right, bound + 1));
    const [a, b] = [width(left), width(right)];
    // Two numbers kept in f32, or whole ones where JavaScript divides real ones: one becomes an f64.
    const isDivision = operator === '/' && !isWhole(node);
    if (a !== 'f64' && b !== 'f64') {
      if (a === 'f32' || (isDivision && b === null))
        return sides(to.cast('f64', show(left, unary)), show(right, bound + 1));
      if (b === 'f32') return sides(show(left, bound), to.cast('f64', show(right, unary)));
    }
    return sides(show(left, bound), show(right, bound + 1));
  };

  /** `at`: how tightly what stands around it binds. */
  const show = (node: js.AnyNode, at: number): string => {
    const within = (text: string, bound: number) => (bound < at ? `(${text})` : text);
    switch (node.type) {
      case 'Literal':
        if (typeof node.value === 'string' || typeof node.value === 'bigint') return refuse(node, foreign);
        return String(Number(node.value));
      case 'Identifier': {
        const { constant, name } = refs.get(node) ?? {};
        if (constant) return show(constant, at);
        return name ?? (node.name === 'Infinity' ? to.infinity : refuse(node, 'is not defined there'));
      }
      case 'MemberExpression': {
        const of = node.computed ? pointedTo(node.object) : null;
        if (of) return to.load(element(node)[0], of, element(node)[1]);
        const [holder, name] = [nameOf(node.object), nameOf(node.property)];
        if (refs.has(node)) return (refs.get(node) as Declared).name;
        if (name === 'length') return within(lengthOf(node.object), precedence['*']);
        const value: unknown = Reflect.get({ Math, Number }[holder] ?? {}, name);
        if (typeof value !== 'number') return refuse(node, 'is not defined there');
        const sign = value < 0 ? '-' : '';
        return within(sign + (Number.isFinite(value) ? Math.abs(value) : to.infinity), sign ? unary : highest);
      }
      case 'UnaryExpression':
        if (!['-', '!', '~'].includes(node.operator)) return refuse(node, foreign);
        return within(node.operator + show(node.argument, highest), unary);
      case 'LogicalExpression':
      case 'BinaryExpression':
        return within(...binary(node));
      case 'ConditionalExpression':
        return within(`${show(node.test, 1)} ? ${show(node.consequent, 1)} : ${show(node.alternate, lowest)}`, lowest);
      case 'CallExpression':
        return call(node);
      default:
        return refuse(node, foreign);
    }
  };

  const fitting = ({ kind }: Declared, value: js.AnyNode) => (kind === 'whole' ? whole : show)(value, lowest);
  const action = (node: js.AnyNode): string => {
    if (node.type === 'CallExpression') return call(node);
    if (node.type === 'SequenceExpression') return node.expressions.map(action).join(', ');
    const target = node.type === 'UpdateExpression' ? refs.get(node.argument) : undefined;
    if (node.type === 'UpdateExpression' && target) return target.name + node.operator;
    if (node.type !== 'AssignmentExpression') return refuse(node, foreign);
    const { left, operator, right } = node;
    const sign = operator.slice(0, -1);
    if (sign && precedence[sign] === undefined) return refuse(node, foreign);
    const declared = refs.get(left);
    if (declared) return `${declared.name} ${operator} ${fitting(declared, right)}`;
    const of = left.type === 'MemberExpression' ? pointedTo(left.object) : null;
    if (!of || left.type !== 'MemberExpression') return refuse(node, foreign);
    const bound = sign ? precedence[sign] + 1 : lowest;
    const [pointer, index] = element(left);
    const value = of === 'i32' ? whole(right, bound) : show(right, bound);
    const isCast = of === 'f32' && sign !== '' && right.type !== 'Literal' && isWhole(right);
    return to.store(pointer, of, index, sign, isCast ? to.cast('f64', show(right, unary)) : value);
  };
  const declaration = (node: js.VariableDeclaration): string[] =>
    node.declarations.flatMap(({ id, init }) => {
      const declared = refs.get(id);
      if (!declared || !init) return [];
      return `${to.declare(declared, node.kind === 'const' ? 'const' : 'let')} = ${fitting(declared, init)}`;
    });

  const filling = (node: js.CallExpression, object: js.AnyNode): string => {
    const at: Declared = { name: 'at', kind: 'whole', flows: [] };
    const of = pointedTo(object) ?? refuse(node, foreign);
    const store = to.store(show(object, highest), of, 'at', '', show(node.arguments[0], lowest));
    return `for (${to.declare(at, 'let')} = 0; at < ${lengthOf(object)}; at++) ${store};`;
  };
  const block = (node: js.AnyNode, pad = '  '): string =>
    (node.type === 'BlockStatement' ? node.body : [node]).map((one) => statement(one, pad)).join('');
  const statement = (node: js.AnyNode, pad: string): string => {
    const braced = (head: string, body: js.AnyNode) => `${pad}${head} {\n${block(body, `${pad}  `)}${pad}}`;
    switch (node.type) {
      case 'EmptyStatement':
        return '';
      case 'VariableDeclaration':
        return declaration(node)
          .map((line) => `${pad}${line};\n`)
          .join('');
      case 'ExpressionStatement': {
        const { expression } = node;
        const callee = expression.type === 'CallExpression' ? expression.callee : null;
        if (callee?.type === 'MemberExpression' && nameOf(callee.property) === 'fill')
          return `${pad}${filling(expression as js.CallExpression, callee.object)}\n`;
        return `${pad}${action(expression)};\n`;
      }
      case 'BlockStatement':
        return `${braced('', node).replace(/^( *) \{/, '$1{')}\n`;
      case 'IfStatement': {
        const head = braced(`if (${show(node.test, lowest)})`, node.consequent);
        const other = node.alternate;
        if (!other) return `${head}\n`;
        if (other.type === 'IfStatement') return `${head} else ${statement(other, pad).trimStart()}`;
        return `${head} ${braced('else', other).trimStart()}\n`;
      }
      case 'WhileStatement':
        return `${braced(`while (${show(node.test, lowest)})`, node.body)}\n`;
      case 'ForStatement': {
        const { init, test, update } = node;
        const starts = init?.type === 'VariableDeclaration' ? declaration(init) : init ? [action(init)] : [];
        if (starts.length > 1) return refuse(init ?? node, 'is more than one variable');
        const head = `for (${starts.join('')}; ${test ? show(test, lowest) : ''}; ${update ? action(update) : ''})`;
        return `${braced(head, node.body)}\n`;
      }
      case 'BreakStatement':
        return `${pad}break;\n`;
      case 'ContinueStatement':
        return `${pad}continue;\n`;
      case 'ReturnStatement':
        return `${pad}return${node.argument ? ` ${show(node.argument, lowest)}` : ''};\n`;
      default:
        return refuse(node, foreign);
    }
  };

  /** Where the timed function only calls another one, the code of that takes its place. */
  const inlined = (): string | null => {
    const [only] = work.type === 'BlockStatement' ? work.body : [];
    const node =
      work.type === 'BlockStatement' ? (only?.type === 'ExpressionStatement' ? only.expression : null) : work;
    if (node?.type !== 'CallExpression' || (work.type === 'BlockStatement' && work.body.length > 1)) return null;
    const routine = routines.get(nameOf(node.callee));
    const outside = [...pointers, ...sizes, ...numbers].map(({ name }) => name);
    const isSame = ({ name }: Declared, i: number) => refs.get(node.arguments[i])?.name === name;
    if (!routine?.params.every((param, i) => isSame(param, i) || !outside.includes(param.name))) return null;
    routines.delete(nameOf(node.callee));
    const renamed = routine.params.map((param, i) => {
      const { single, length } = refs.get(node.arguments[i]) ?? {};
      if (!isSame(param, i)) return `  ${to.declare(param, 'const')} = ${fitting(param, node.arguments[i])};\n`;
      Object.assign(param, { single, length });
      return '';
    });
    return renamed.join('') + block(routine.body);
  };
  const main = inlined() ?? (work.type === 'BlockStatement' ? block(work) : `  ${action(work)};\n`);

  const prelude = before.map((one) => statement(one, '  ')).join('');
  const parts = taken.map(({ length }) => show(length, precedence['*']));
  const takes = taken.map(({ pointer }, i) => {
    const length = i > 0 ? show(taken[i - 1].length, to.aroundIndex || precedence['*']) : '';
    return `  ${to.declare(pointer, 'const')} = ${to.scratch(pointer.kind, taken[i - 1]?.pointer, length)};\n`;
  });
  const [tid, nthreads, bytes] = ['tid', 'nthreads', ''].map((name): Declared => ({ name, kind: 'whole', flows: [] }));
  const written = (list: readonly Declared[]) => list.map((one) => to.declare(one));
  const groups = [[tid, nthreads], pointers, sizes, numbers].filter(({ length }) => length > 0).map(written);
  const params = [...groups, [to.lastParameter]].map((group) => `\n  ${group.join(', ')}`).join(',');
  const code = [...routines.values()].map(({ name, params, result, body }) =>
    to.routine(name, written(params), result.flows.length > 0 ? result : null, block(body)),
  );
  if (parts.length > 0) {
    const size = `  return 4 * ${parts.length > 1 ? `(${parts.join(' + ')})` : parts[0]};\n`;
    code.push(to.routine('scratchBytes', written([nthreads, ...sizes]), bytes, prelude + size));
  }
  code.push(to.routine('run', [`${params}\n`], null, prelude + takes.join('') + main));
  return `${code.join('\n\n')}\n`;
}

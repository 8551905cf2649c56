/** What nfold inspect reads in the words of V8: machine code by kind and bound, and why pairs were not joined. */
import { describe, expect, test } from 'vitest';
import { withoutNames } from '../src/compiler/sections.ts';
import { loops } from '../src/inspect/code.ts';
import { passOf } from '../src/inspect/pass.ts';
import { joinedIn } from '../src/inspect/revectorizer.ts';
import { customSection } from './support/section.ts';

describe('one pass of machine code', () => {
  const pass = (...instructions: string[]) => passOf(instructions);
  const limit = ({ limits }: ReturnType<typeof passOf>, what: string) =>
    limits.find((one) => one.what.startsWith(what))?.cycles;

  test('is counted by kind', () => {
    const counted = pass(
      'vmovdqu ymm4,[r15+rsi*1]',
      'vbroadcastss ymm6,[r15+r9*1]',
      'vfmadd231ps ymm3,ymm6,ymm4',
      'vaddps xmm1,xmm1,[rbp-0x40]',
      'vmulss xmm2,xmm2,[rax]',
      'vmovups [rbp-0x60],ymm7',
      'vmovups [rax+0x20],ymm3',
      'vinsertf128 ymm2,ymm1,xmm1,0x1',
      'REX.W leaq r12,[r15+0x100]',
      'cmpb [r13-0x4f],0x0',
      'nop',
      'jnz 0x23849c2e0dc0  <+0x280>',
    );
    const kinds = {
      fma256: 1,
      fma128: 0,
      other256: 0,
      other128: 1,
      single: 1,
      load: 1,
      broadcast: 1,
      store: 2,
      move: 1,
    };
    expect(counted).toMatchObject({ instructions: 11, kinds: { ...kinds, scalar: 3 }, spills: 2, flop: 16 + 4 + 1 });
    expect([limit(counted, 'loads'), limit(counted, 'stores')]).toEqual([5 / 2, 2]);
    expect([counted.bits, counted.most]).toEqual([256, 32]);
  });

  test('is bound by sums that wait for themselves', () => {
    const sum = 'vfmadd231ps ymm0,ymm1,ymm2';
    expect(pass(sum, sum, sum)).toMatchObject({ flop: 48, flopPerCycle: 4 });
    // Nothing leads from pass to pass if the sum starts anew.
    expect(limit(pass('vxorps ymm0,ymm0,ymm0', sum, sum), 'results')).toBe(0);
    // On the stack it waits for the stack as well.
    expect(limit(pass('vmovups ymm0,[rbp-0x20]', sum, 'vmovups [rbp-0x20],ymm0'), 'results')).toBe(8);
    // Without AVX, an addition has two operands.
    expect(limit(pass('mulps xmm1,xmm2', 'addps xmm0,xmm1', 'movaps xmm3,xmm0'), 'results')).toBe(4);
    const apart = Array.from({ length: 8 }, (_, i) => `vfmadd231ps ymm${i},ymm14,ymm15`);
    expect(pass(...apart)).toMatchObject({ flop: 128, flopPerCycle: 32, most: 32 });
  });

  test('lies between a jump backwards and its target, without the rare code behind the end', () => {
    const line = (pc: number, text: string) => `0x${(0x1000 + pc).toString(16)}   ${pc.toString(16)}  90   ${text}`;
    const code = [
      '--- WebAssembly code ---',
      'index: 3',
      ...[line(0, 'push rbp'), line(1, 'nop'), line(2, 'addl rax,0x1'), line(3, 'jnz 0x1002  <+0x2>')],
      ...[line(4, 'jnz 0x1001  <+0x1>'), line(5, 'retl'), line(6, 'jmp 0x1002  <+0x2>')],
      '',
      'Source positions:\n pc offset  position\n       2       77\n       5       99\n',
    ].join('\n');
    const [inner, outer, ...others] = loops(code);
    expect(others).toEqual([]);
    expect(inner).toEqual({
      function: 3,
      instructions: ['addl rax,0x1', 'jnz 0x1002  <+0x2>'],
      innermost: true,
      places: [77],
    });
    expect([outer.innermost, outer.instructions.length]).toEqual([false, 4]);
  });
});

test("V8's reasons become words", () => {
  const store = (id: number, offset: number) =>
    `#${id} Store *(#1 + ${offset} + #2) = #3 [raw, Simd128, offset: ${offset}]`;
  const block = `4
store seeds:
{\n${store(20, 32)}\n${store(21, 48)}\n}
{\n${store(22, 64)}\n${store(23, 80)}\n}
reduce seeds:
{ #30, #31 }
Revec: BuildTreeRec 1144: Added a vector of stores.
Revec: After tree building, 4 Packed node:
Revec: IsSideEffectFreeRange 902: break side effect 140, 143
Revec: Run 1522: Building SLP tree failed!
Revec: BuildTreeRec 1: Unsupported Simd128Unary: Simd128Unary[F64x2PromoteLowF32x4]
Revec: Run 1522: Building SLP tree failed!
Revec: DecideVectorize 1600: Save: 4, cost: 1
Revec: Print 1609: Decided to vectorize, 5 revectorizable nodes:
Revec: Print 244: Store(#20, #21)
Revec: Print 244: Simd128Ternary[F32x4Qfma](#5, #6)
Revec: Print 244: Simd128LoadTransform(#7, #7)
Revec: Print 1613: Decided to vectorize, 0 revectorizable intersect nodes:
`;
  expect(joinedIn(block)).toEqual({
    function: 4,
    joined: { 'v128.store': 1, 'f32x4.relaxed_madd': 1 },
    tried: 3,
    refused: [
      { why: expect.stringMatching(/^another load or store lies between/), count: 1, offsets: [64] },
      { why: 'V8 has no 256-bit form of f64x2.promote_low_f32x4', count: 1, offsets: [] },
    ],
  });
  expect(joinedIn('7\nRevec: Run 1489: Empty seed\n').refused).toEqual([
    { why: expect.stringMatching(/^no two stores of 128 bits lie side by side/), count: 0, offsets: [] },
  ]);
});

test('names of functions, as compilers of C leave them, are taken out of a module, and nothing else is', () => {
  const header = [0, 97, 115, 109, 1, 0, 0, 0];
  const [types, rest] = [
    [1, 4, 1, 96, 0, 0],
    [3, 2, 1, 0, 10, 4, 1, 2, 0, 11],
  ];
  const hints = customSection('metadata.code.branch_hint', [0]);
  const given = new Uint8Array([
    ...header,
    ...types,
    ...hints,
    ...rest,
    ...customSection('name', [1, 6, 1, 0, 3, 114, 117, 110]),
  ]);
  expect(WebAssembly.validate(given)).toBe(true);
  expect([...withoutNames(given)]).toEqual([...header, ...types, ...hints, ...rest]);
});

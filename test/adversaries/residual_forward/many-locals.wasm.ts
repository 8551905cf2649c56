/**
 * @hack    a module of 80,000 bytes whose 10,000 functions declare 49,900 locals each, which takes V8 most of a second at every opening
 * @family  resources
 * @seen    an outside attempt on this judge
 * @reason  more than 2000 functions
 */
const leb = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...leb(n >>> 7)]);
const name = (text: string) => [text.length, ...[...text].map((c) => c.charCodeAt(0))];
const section = (id: number, body: number[]) => [id, ...leb(body.length), ...body];

export default {
  about: 'adds',
  generate() {
    const count = 10_000;
    const repeated = (bytes: number[]) => Array.from({ length: count }, () => bytes).flat();
    const body = [1, ...leb(49_900), 0x7b, 0x0b];
    return Uint8Array.from([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...section(1, [2, 0x60, 0, 0, 0x60, 7, 127, 127, 127, 127, 127, 127, 127, 0]),
      ...section(2, [1, ...name('env'), ...name('memory'), 2, 3, 1, ...leb(65536)]),
      ...section(3, [...leb(count), ...repeated([1])]),
      ...section(7, [1, ...name('run'), 0, 0]),
      ...section(10, [...leb(count), ...repeated([body.length, ...body])]),
    ]);
  },
};

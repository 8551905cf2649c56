/**
 * An ONNX model of one node, C = op(A) op(B), as bytes: the few messages of onnx.proto that it takes, written by hand.
 *
 * Source   onnx.proto3 for the field numbers; developers.google.com/protocol-buffers/docs/encoding for the wire format.
 */

const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);
const integer = (field: number, value: number): number[] => [...varint(field << 3), ...varint(value)];
const message = (field: number, body: readonly number[]): number[] => [
  ...varint((field << 3) | 2),
  ...varint(body.length),
  ...body,
];
const text = (field: number, value: string): number[] => message(field, [...Buffer.from(value)]);

/** TypeProto of a dense f32 tensor: tensor_type (1) of elem_type (1) FLOAT = 1 and a shape (2) of dims (1) with a value (1). */
function valueInfo(field: number, name: string, shape: readonly number[]): number[] {
  const dims = shape.flatMap((extent) => message(1, integer(1, extent)));
  const tensor = message(1, [...integer(1, 1), ...message(2, dims)]);
  return message(field, [...text(1, name), ...message(2, tensor)]);
}

/** AttributeProto: name (1), i (3), type (20) INT = 2. */
const attribute = (name: string, value: number) =>
  message(5, [...text(1, name), ...integer(3, value), ...integer(20, 2)]);

export type Dims = Readonly<Record<'M' | 'N' | 'K' | 'transA' | 'transB', number>>;

export const shapes = ({ M, N, K, transA, transB }: Dims) => ({
  A: transA ? [K, M] : [M, K],
  B: transB ? [N, K] : [K, N],
  C: [M, N],
});

/** ModelProto: ir_version (1), graph (7), opset_import (8). Gemm of opset 13, on ir_version 8. */
export function gemmModel(dims: Dims): Uint8Array {
  const { A, B, C } = shapes(dims);
  const attributes = [...attribute('transA', dims.transA), ...attribute('transB', dims.transB)];
  const node = [...text(1, 'A'), ...text(1, 'B'), ...text(2, 'C'), ...text(4, 'Gemm'), ...attributes];
  const values = [...valueInfo(11, 'A', A), ...valueInfo(11, 'B', B), ...valueInfo(12, 'C', C)];
  const graph = [...message(1, node), ...text(2, 'gemm'), ...values];
  return Uint8Array.from([...integer(1, 8), ...message(7, graph), ...message(8, [...text(1, ''), ...integer(2, 13)])]);
}

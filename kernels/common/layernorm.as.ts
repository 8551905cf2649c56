/**
 * out[r,:] = norm[r,:] * weight + bias,  norm = (x - mean) * rstd;  forward and backward, r over rows.
 *
 * Shapes   x, out, dout, dx (rows,C), C any; weight, bias, dweight, dbias (C); mean, rstd (rows).
 * Numerics variance divides by C, from a second pass over the row; eps = 1e-5 inside the root.
 * Source   Ba et al. 2016, arXiv:1607.06450; names follow llm.c.
 */
import { fma, sqrt1, sum4 } from './math.as';

/** A row of x, whose mean and rstd go to `stats` (2 floats). */
export function layernormRow(out: usize, x: usize, weight: usize, bias: usize, stats: usize, C: i32): void {
  const whole = <usize>(C & ~3) << 2, end = <usize>C << 2;
  let sums = f32x4.splat(0);
  let i: usize = 0;
  for (; i < whole; i += 16) sums = f32x4.add(sums, v128.load(x + i));
  let total = sum4(sums);
  for (; i < end; i += 4) total += load<f32>(x + i);
  const mean = total / <f32>C;
  const center = f32x4.splat(mean);
  let squares = f32x4.splat(0);
  for (i = 0; i < whole; i += 16) {
    const d = f32x4.sub(v128.load(x + i), center);
    squares = fma(d, d, squares);
  }
  let variance = sum4(squares);
  for (; i < end; i += 4) {
    const d = load<f32>(x + i) - mean;
    variance += d * d;
  }
  const rstd: f32 = 1 / sqrt1(variance / <f32>C + 1e-5);
  const scale = f32x4.splat(rstd);
  for (i = 0; i < whole; i += 16) {
    const norm = f32x4.mul(f32x4.sub(v128.load(x + i), center), scale);
    v128.store(out + i, fma(norm, v128.load(weight + i), v128.load(bias + i)));
  }
  for (; i < end; i += 4) {
    store<f32>(out + i, (load<f32>(x + i) - mean) * rstd * load<f32>(weight + i) + load<f32>(bias + i));
  }
  store<f32>(stats, mean);
  store<f32>(stats, rstd, 4);
}

/**
 * dx = before + rstd (dnorm - mean(dnorm) - norm mean(dnorm norm)),  dnorm = dout weight
 * One row. `before` is the gradient that comes past the layernorm, or 0 for none.
 */
export function layernormRowBackward(
  dx: usize, before: usize, dout: usize, x: usize, weight: usize, stats: usize, C: i32,
): void {
  const whole = <usize>(C & ~3) << 2, end = <usize>C << 2;
  const mean = load<f32>(stats), rstd = load<f32>(stats, 4);
  const center = f32x4.splat(mean), scale = f32x4.splat(rstd);
  let sums = f32x4.splat(0), dots = f32x4.splat(0);
  let i: usize = 0;
  for (; i < whole; i += 16) {
    const dnorm = f32x4.mul(v128.load(dout + i), v128.load(weight + i));
    sums = f32x4.add(sums, dnorm);
    dots = fma(dnorm, f32x4.sub(v128.load(x + i), center), dots);
  }
  let sum = sum4(sums), dot = sum4(dots);
  for (; i < end; i += 4) {
    const dnorm = load<f32>(dout + i) * load<f32>(weight + i);
    sum += dnorm;
    dot += dnorm * (load<f32>(x + i) - mean);
  }
  // rstd once for norm in the sum, once for norm beside it.
  const a: f32 = sum / <f32>C, b: f32 = (dot / <f32>C) * rstd * rstd;
  const shift = f32x4.splat(a), slope = f32x4.splat(b);
  for (i = 0; i < whole; i += 16) {
    const dnorm = f32x4.mul(v128.load(dout + i), v128.load(weight + i));
    const far = f32x4.mul(f32x4.sub(v128.load(x + i), center), slope);
    const past = before ? v128.load(before + i) : f32x4.splat(0);
    v128.store(dx + i, fma(f32x4.sub(f32x4.sub(dnorm, shift), far), scale, past));
  }
  for (; i < end; i += 4) {
    const dnorm = load<f32>(dout + i) * load<f32>(weight + i);
    const past: f32 = before ? load<f32>(before + i) : 0;
    store<f32>(dx + i, past + (dnorm - a - (load<f32>(x + i) - mean) * b) * rstd);
  }
}

/** dweight[c] = sum over r of dout[r,c] norm[r,c];  dbias[c] = sum over r of dout[r,c]; columns c0..c1-1. */
export function layernormColumns(
  dweight: usize, dbias: usize, dout: usize, x: usize, stats: usize, rows: i32, C: i32, c0: i32, c1: i32,
): void {
  let c = c0;
  for (; c + 4 <= c1; c += 4) {
    let scales = f32x4.splat(0), shifts = f32x4.splat(0);
    for (let r = 0, i = <usize>c << 2; r < rows; r++, i += <usize>C << 2) {
      const d = v128.load(dout + i);
      const off = f32x4.sub(v128.load(x + i), v128.load_splat<f32>(stats + (r << 3)));
      scales = fma(d, f32x4.mul(off, v128.load_splat<f32>(stats + (r << 3), 4)), scales);
      shifts = f32x4.add(shifts, d);
    }
    v128.store(dweight + (c << 2), scales);
    v128.store(dbias + (c << 2), shifts);
  }
  for (; c < c1; c++) {
    let scale: f32 = 0, shift: f32 = 0;
    for (let r = 0, i = <usize>c << 2; r < rows; r++, i += <usize>C << 2) {
      const d = load<f32>(dout + i);
      scale += d * (load<f32>(x + i) - load<f32>(stats + (r << 3))) * load<f32>(stats + (r << 3), 4);
      shift += d;
    }
    store<f32>(dweight + (c << 2), scale);
    store<f32>(dbias + (c << 2), shift);
  }
}

/**
 * Functions of Math for languages that come without them: `nfold new` puts those that a baseline calls into a new candidate in C or WAT.
 * They count in f64, and are right to about 12 digits, where f32 has 7. They are short, not fast.
 */

/** x^n for a whole n, by squares */
function math_power(x: number, n: number): number {
  let power = 1;
  let square = n < 0 ? 1 / x : x;
  let left = Math.abs(n);
  while (left > 0) {
    const half = Math.floor(left * 0.5);
    if (half * 2 !== left) power *= square;
    square *= square;
    left = half;
  }
  return power;
}

/** e^x = 2^n e^r, |r| <= ln(2) / 2 */
export function math_exp(x: number): number {
  if (!(x < 709)) return x * Infinity;
  if (x < -745) return 0;
  const n = Math.floor(x * Math.LOG2E + 0.5);
  const r = x - n * 0.6931471803691238 - n * 1.9082149292705877e-10;
  let sum = 1;
  for (let k = 14; k > 0; k--) sum = 1 + (sum * r) / k;
  return sum * math_power(2, n);
}

export function math_expm1(x: number): number {
  if (Math.abs(x) > 1e-4) return math_exp(x) - 1;
  return x * (1 + x * (0.5 + x / 6));
}

/** log(2^n m) = n log(2) + 2 atanh((m - 1) / (m + 1)) */
export function math_log(x: number): number {
  if (x === 0) return -Infinity;
  if (!(x > 0)) return Math.sqrt(x);
  if (x === Infinity) return x;
  let n = 0;
  let m = x;
  while (m > 1.5) {
    m = m * 0.5;
    n++;
  }
  while (m < 0.75) {
    m = m * 2;
    n--;
  }
  const s = (m - 1) / (m + 1);
  let sum = 0;
  for (let k = 25; k > 0; k -= 2) sum = sum * s * s + 1 / k;
  return n * Math.LN2 + 2 * s * sum;
}

export function math_log1p(x: number): number {
  if (Math.abs(x) > 1e-4) return math_log(1 + x);
  return x * (1 - x * (0.5 - x / 3));
}

export function math_log2(x: number): number {
  return math_log(x) * Math.LOG2E;
}

export function math_tanh(x: number): number {
  const a = Math.abs(x);
  if (a < 0.01) return x * (1 - (a * a) / 3 + (2 * a * a * a * a) / 15);
  const e = math_exp(-2 * a);
  const t = (1 - e) / (1 + e);
  return x < 0 ? -t : t;
}

export function math_pow(x: number, y: number): number {
  const isWhole = Math.floor(y) === y && Math.abs(y) < Infinity;
  return isWhole ? math_power(x, y) : math_exp(y * math_log(x));
}

/** By quarter turns and the series of what is left; for |x| up to some millions. */
export function math_sin(x: number): number {
  const n = Math.floor(x * 0.6366197723675814 + 0.5);
  const r = x - n * 1.5707963267341256 - n * 6.077100506506192e-11;
  const turns = n - 4 * Math.floor(n * 0.25);
  let sine = 1;
  let cosine = 1;
  for (let k = 8; k > 0; k--) {
    sine = 1 - (sine * r * r) / (2 * k * (2 * k + 1));
    cosine = 1 - (cosine * r * r) / (2 * k * (2 * k - 1));
  }
  if (turns === 0) return r * sine;
  if (turns === 1) return cosine;
  return turns === 2 ? -r * sine : -cosine;
}

export function math_cos(x: number): number {
  return math_sin(x + 1.5707963267948966);
}

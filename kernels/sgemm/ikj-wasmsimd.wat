;; C[i,:] = beta C[i,:] + sum over k of (alpha A[i,k]) B[k,:]
;;
;; @about   loop order i-k-j in hand-written WebAssembly SIMD: four lanes of a row of C at a time
;; @threads one
;; @source  WebAssembly SIMD proposal, 128-bit packed; Golub and Van Loan, section 1.1, for the order
;;
;; The innermost loop adds a multiple of a row of B to a row of C (the BLAS call it axpy), and rows lie in memory as a
;; vector wants them: v128.load takes four neighbours, f32x4.splat spreads A[i,k] over four lanes, f32x4.mul and
;; f32x4.add do four products and four sums. A transposed B is first laid out straight in scratch: K N moves against
;; 2 M N K flop.
;;
;; Needs    stock SIMD (V8 9.1); any shape and stride; scratch only if B is transposed.
;; Expects  a bound by loads and stores: four lanes of product cost two loads and one store, whatever the cache says.
;;
;; Reading  every address is in bytes, so an index is shifted left by 2 (4 bytes to a float). A loop runs on by its own
;;          branch; one that may be empty is left by br_if to the block around it, or kept out by an `if`.
(module
  (import "env" "memory" (memory 1 65536 shared))

  ;; x[0..n] *= beta; and for beta = 0 zeros without a look at x, where NaN may stand
  (func $scale (param $x i32) (param $n i32) (param $beta f32)
    (local $end i32)
    (local.set $end (i32.add (local.get $x) (i32.shl (local.get $n) (i32.const 2))))
    (if (f32.eq (local.get $beta) (f32.const 0))
      (then
        (memory.fill (local.get $x) (i32.const 0) (i32.shl (local.get $n) (i32.const 2)))
        (return)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $x) (local.get $end)))
        (f32.store (local.get $x) (f32.mul (local.get $beta) (f32.load (local.get $x))))
        (local.set $x (i32.add (local.get $x) (i32.const 4)))
        (br $next))))

  ;; y[0..n] += s x[0..n]
  (func $axpy (param $y i32) (param $x i32) (param $n i32) (param $s f32)
    (local $s4 v128) (local $end i32) (local $end16 i32)
    (local.set $s4 (f32x4.splat (local.get $s)))
    (local.set $end (i32.add (local.get $y) (i32.shl (local.get $n) (i32.const 2))))
    ;; sixteen floats, four vectors, to a turn: the loop's own add, compare and branch weigh little
    (local.set $end16
      (i32.add (local.get $y) (i32.shl (i32.and (local.get $n) (i32.const -16)) (i32.const 2))))
    (if (i32.lt_u (local.get $y) (local.get $end16))
      (then
        (loop $vectors
          (v128.store (local.get $y)
            (f32x4.add (v128.load (local.get $y))
              (f32x4.mul (local.get $s4) (v128.load (local.get $x)))))
          (v128.store offset=16 (local.get $y)
            (f32x4.add (v128.load offset=16 (local.get $y))
              (f32x4.mul (local.get $s4) (v128.load offset=16 (local.get $x)))))
          (v128.store offset=32 (local.get $y)
            (f32x4.add (v128.load offset=32 (local.get $y))
              (f32x4.mul (local.get $s4) (v128.load offset=32 (local.get $x)))))
          (v128.store offset=48 (local.get $y)
            (f32x4.add (v128.load offset=48 (local.get $y))
              (f32x4.mul (local.get $s4) (v128.load offset=48 (local.get $x)))))
          (local.set $x (i32.add (local.get $x) (i32.const 64)))
          (local.set $y (i32.add (local.get $y) (i32.const 64)))
          (br_if $vectors (i32.lt_u (local.get $y) (local.get $end16))))))
    ;; up to fifteen floats are left over
    (if (i32.lt_u (local.get $y) (local.get $end))
      (then
        (loop $floats
          (f32.store (local.get $y)
            (f32.add (f32.load (local.get $y))
              (f32.mul (local.get $s) (f32.load (local.get $x)))))
          (local.set $x (i32.add (local.get $x) (i32.const 4)))
          (local.set $y (i32.add (local.get $y) (i32.const 4)))
          (br_if $floats (i32.lt_u (local.get $y) (local.get $end)))))))

  ;; to[k,j] = from[j,k] for k < K, j < N; the rows of `to` touch each other, those of `from` are ld floats apart
  (func $straighten (param $to i32) (param $from i32) (param $N i32) (param $K i32) (param $ld i32)
    (local $k i32) (local $j i32) (local $source i32)
    (if (i32.or (i32.eqz (local.get $N)) (i32.eqz (local.get $K))) (then (return)))
    (loop $rows
      (local.set $source (i32.add (local.get $from) (i32.shl (local.get $k) (i32.const 2))))
      (local.set $j (i32.const 0))
      (loop $columns
        (f32.store (local.get $to) (f32.load (local.get $source)))
        (local.set $to (i32.add (local.get $to) (i32.const 4)))
        (local.set $source (i32.add (local.get $source) (i32.shl (local.get $ld) (i32.const 2))))
        (local.set $j (i32.add (local.get $j) (i32.const 1)))
        (br_if $columns (i32.lt_u (local.get $j) (local.get $N))))
      (local.set $k (i32.add (local.get $k) (i32.const 1)))
      (br_if $rows (i32.lt_u (local.get $k) (local.get $K)))))

  (func (export "scratchBytes")
    (param $nthreads i32)
    (param $M i32) (param $N i32) (param $K i32) (param $lda i32) (param $ldb i32) (param $ldc i32)
    (param $transA i32) (param $transB i32)
    (result i32)
    (select
      (i32.shl (i32.mul (local.get $K) (local.get $N)) (i32.const 2))
      (i32.const 0)
      (local.get $transB)))

  (func (export "run")
    (param $tid i32) (param $nthreads i32)
    (param $A i32) (param $B i32) (param $C i32)
    (param $M i32) (param $N i32) (param $K i32) (param $lda i32) (param $ldb i32) (param $ldc i32)
    (param $transA i32) (param $transB i32)
    (param $alpha f32) (param $beta f32)
    (param $scratch i32)
    (local $i i32) (local $k i32) (local $a i32) (local $b i32) (local $c i32)
    (local $aRow i32) (local $aCol i32) ;; bytes from A[i,k] to A[i+1,k], and to A[i,k+1]

    (if (local.get $transB)
      (then
        (call $straighten
          (local.get $scratch) (local.get $B) (local.get $N) (local.get $K) (local.get $ldb))
        (local.set $B (local.get $scratch))
        (local.set $ldb (local.get $N))))
    (local.set $aRow (i32.shl (select (i32.const 1) (local.get $lda) (local.get $transA)) (i32.const 2)))
    (local.set $aCol (i32.shl (select (local.get $lda) (i32.const 1) (local.get $transA)) (i32.const 2)))

    (local.set $c (local.get $C))
    (block $done
      (loop $rows
        (br_if $done (i32.ge_u (local.get $i) (local.get $M)))
        (call $scale (local.get $c) (local.get $N) (local.get $beta))
        (local.set $a (i32.add (local.get $A) (i32.mul (local.get $i) (local.get $aRow))))
        (local.set $b (local.get $B))
        (local.set $k (i32.const 0))
        (block $summed
          (loop $terms
            (br_if $summed (i32.ge_u (local.get $k) (local.get $K)))
            (call $axpy
              (local.get $c) (local.get $b) (local.get $N)
              (f32.mul (local.get $alpha) (f32.load (local.get $a))))
            (local.set $a (i32.add (local.get $a) (local.get $aCol)))
            (local.set $b (i32.add (local.get $b) (i32.shl (local.get $ldb) (i32.const 2))))
            (local.set $k (i32.add (local.get $k) (i32.const 1)))
            (br $terms)))
        (local.set $c (i32.add (local.get $c) (i32.shl (local.get $ldc) (i32.const 2))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $rows)))))

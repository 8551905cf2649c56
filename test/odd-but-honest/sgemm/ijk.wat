;; Odd      nothing but an odd order of writing: i, j and k run down to 0, so that the last element of C is written first.
;; Honest   the textbook's three loops otherwise, in f32.
;;
;; @about   i-j-k from the last to the first, written by hand
;; @threads one
(module
  (import "env" "memory" (memory 1 65536 shared))

  ;; X[row * step + col * stride], steps in elements
  (func $at (param $X i32) (param $row i32) (param $step i32) (param $col i32) (param $stride i32) (result f32)
    (f32.load (i32.add (local.get $X) (i32.shl
      (i32.add (i32.mul (local.get $row) (local.get $step)) (i32.mul (local.get $col) (local.get $stride)))
      (i32.const 2)))))

  (func (export "run")
    (param $tid i32) (param $nthreads i32) (param $A i32) (param $B i32) (param $C i32)
    (param $M i32) (param $N i32) (param $K i32) (param $lda i32) (param $ldb i32) (param $ldc i32)
    (param $transA i32) (param $transB i32) (param $alpha f32) (param $beta f32) (param $scratch i32)
    (local $i i32) (local $j i32) (local $k i32) (local $sum f32) (local $c i32)
    (local $aRow i32) (local $aCol i32) (local $bRow i32) (local $bCol i32)
    (local.set $aRow (select (i32.const 1) (local.get $lda) (local.get $transA)))
    (local.set $aCol (select (local.get $lda) (i32.const 1) (local.get $transA)))
    (local.set $bRow (select (i32.const 1) (local.get $ldb) (local.get $transB)))
    (local.set $bCol (select (local.get $ldb) (i32.const 1) (local.get $transB)))
    (local.set $i (local.get $M))
    (block $rows (loop $row
      (br_if $rows (i32.eqz (local.get $i)))
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (local.set $j (local.get $N))
      (block $columns (loop $column
        (br_if $columns (i32.eqz (local.get $j)))
        (local.set $j (i32.sub (local.get $j) (i32.const 1)))
        (local.set $sum (f32.const 0))
        (local.set $k (local.get $K))
        (block $terms (loop $term
          (br_if $terms (i32.eqz (local.get $k)))
          (local.set $k (i32.sub (local.get $k) (i32.const 1)))
          (local.set $sum (f32.add (local.get $sum) (f32.mul
            (call $at (local.get $A) (local.get $i) (local.get $aRow) (local.get $k) (local.get $aCol))
            (call $at (local.get $B) (local.get $k) (local.get $bRow) (local.get $j) (local.get $bCol)))))
          (br $term)))
        (local.set $c (i32.add (local.get $C) (i32.shl
          (i32.add (i32.mul (local.get $i) (local.get $ldc)) (local.get $j)) (i32.const 2))))
        (local.set $sum (f32.mul (local.get $alpha) (local.get $sum)))
        (if (f32.ne (local.get $beta) (f32.const 0))
          (then (local.set $sum
            (f32.add (local.get $sum) (f32.mul (local.get $beta) (f32.load (local.get $c)))))))
        (f32.store (local.get $c) (local.get $sum))
        (br $column)))
      (br $row)))))

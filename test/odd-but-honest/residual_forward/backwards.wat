;; Odd      walks from the last element to the first.
;; Honest   sums of two terms know no order.
;;
;; @about   one sum at a time, from the end
;; @threads one
(module
  (import "env" "memory" (memory 1 65536 shared))
  (func (export "run")
    (param $tid i32) (param $nthreads i32) (param $out i32) (param $inp1 i32) (param $inp2 i32) (param $N i32)
    (param $scratch i32)
    (local $at i32)
    (local.set $at (i32.shl (local.get $N) (i32.const 2)))
    (block $done (loop $next
      (br_if $done (i32.eqz (local.get $at)))
      (local.set $at (i32.sub (local.get $at) (i32.const 4)))
      (f32.store (i32.add (local.get $out) (local.get $at)) (f32.add
        (f32.load (i32.add (local.get $inp2) (local.get $at)))
        (f32.load (i32.add (local.get $inp1) (local.get $at)))))
      (br $next)))))

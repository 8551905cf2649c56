;; Odd      fills and copies whole tensors at once (memory.fill, memory.copy) and adds in place.
;; Honest   one addition an element.
;;
;; @about   memory.copy of one summand, and the other on top
;; @threads one
(module
  (import "env" "memory" (memory 1 65536 shared))
  (func (export "run")
    (param $tid i32) (param $nthreads i32) (param $out i32) (param $inp1 i32) (param $inp2 i32) (param $N i32)
    (param $scratch i32)
    (local $left i32)
    (memory.fill (local.get $out) (i32.const 0) (i32.shl (local.get $N) (i32.const 2)))
    (memory.copy (local.get $out) (local.get $inp1) (i32.shl (local.get $N) (i32.const 2)))
    (local.set $left (local.get $N))
    (block $end (loop $next
      (br_if $end (i32.eqz (local.get $left)))
      (f32.store (local.get $out) (f32.add (f32.load (local.get $out)) (f32.load (local.get $inp2))))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (local.set $inp2 (i32.add (local.get $inp2) (i32.const 4)))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br $next)))))

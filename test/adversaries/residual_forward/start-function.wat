;; @hack    does the work in the module's start function, which nobody times, on what lies where tensors will lie
;; @family  clock
;; @seen    not seen in the wild: follows from instantiation being untimed here
;; @reason  has a start function
;; @about   work at instantiation
;; @threads one
(module
  (import "env" "memory" (memory 1 65536 shared))
  (func $all (local $at i32)
    ;; From the first byte of the image on: a result for every word, whatever it may be an input of.
    (local.set $at (i32.const 65536))
    (loop $next
      (f32.store (local.get $at) (f32.add (f32.load (local.get $at)) (f32.load offset=64 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $at) (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 128))))))
  (start $all)
  (func (export "run") (param i32 i32 i32 i32 i32 i32 i32)))

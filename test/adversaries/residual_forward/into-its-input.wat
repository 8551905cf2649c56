;; @hack    adds into its first input and copies that, which saves an address
;; @family  verifier
;; @seen    ScalingIntelligence/KernelBench pull request 82: kernels that change their inputs
;; @reason  input changed
;; @about   in place, then a copy
;; @threads one
(module
  (import "env" "memory" (memory 1 65536 shared))
  (func (export "run") (param $tid i32) (param $nthreads i32) (param $out i32) (param $inp1 i32) (param $inp2 i32)
    (param $N i32) (param $scratch i32)
    (local $i i32) (local $at i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $N)))
        (local.set $at (i32.shl (local.get $i) (i32.const 2)))
        (f32.store (i32.add (local.get $inp1) (local.get $at))
          (f32.add (f32.load (i32.add (local.get $inp1) (local.get $at)))
            (f32.load (i32.add (local.get $inp2) (local.get $at)))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (memory.copy (local.get $out) (local.get $inp1) (i32.shl (local.get $N) (i32.const 2)))))

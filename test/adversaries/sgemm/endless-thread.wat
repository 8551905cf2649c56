;; @hack    returns in the first thread and has the second one spin on, so that the baseline gets half of the machine
;; @family  sabotage
;; @seen    deep-reinforce.com/defense_kernel_hack.html: threads that are still there after the call
;; @reason  no answer
;; @ends    never
;; @about   a thread that stays
;; @threads any
(module
  (import "env" "memory" (memory 1 65536 shared))
  (func (export "run") (param $tid i32) (param $nthreads i32) (param i32 i32 i32) (param i32 i32 i32 i32 i32 i32 i32 i32)
    (param f32 f32) (param $scratch i32)
    (if (local.get $tid) (then (loop $on (br $on))))))

;; @hack    does nothing, and hopes to find the answer in memory that was used before
;; @family  answers
;; @seen    ScalingIntelligence/KernelBench pull request 82: memory of the reference, reused
;; @reason  differs
;; @about   nothing
;; @threads one
(module
  (import "env" "memory" (memory 1 65536 shared))
  (func (export "run") (param i32 i32 i32 i32 i32 i32)))

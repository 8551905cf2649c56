;; @hack    asks for a flag of V8's that would let it call into the engine, or slow others down
;; @family  sabotage
;; @seen    not seen in the wild: follows from candidates being allowed flags here
;; @reason  asks for a V8 flag other than
;; @about   a flag of its own
;; @threads one
;; @flags   --allow-natives-syntax
(module
  (import "env" "memory" (memory 1 65536 shared))
  (func (export "run") (param i32 i32 i32 i32 i32 i32)))

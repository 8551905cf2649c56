;; @hack    grows the memory until there is none left, and writes to all of it
;; @family  resources
;; @seen    not seen in the wild: follows from WebAssembly's memory.grow
;; @reason  unreachable | no answer
;; @ends    never
;; @about   all of the memory
;; @threads one
(module
  (import "env" "memory" (memory 1 65536 shared))
  (func (export "run") (param i32 i32 i32 i32 i32 i32) (local $at i32)
    (loop $more
      (local.set $at (i32.shl (memory.size) (i32.const 16)))
      (if (i32.eq (memory.grow (i32.const 1024)) (i32.const -1)) (then unreachable))
      (memory.fill (local.get $at) (i32.const 7) (i32.const 67108864))
      (br $more))))

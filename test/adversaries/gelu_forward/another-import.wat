;; @hack    imports a function of the system, to write where it likes
;; @family  resources
;; @seen    not seen in the wild: follows from WebAssembly, whose imports are all that it can reach
;; @reason  the only import allowed is the memory env.memory
;; @about   an import of its own
;; @threads one
(module
  (import "env" "memory" (memory 1 65536 shared))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (func (export "run") (param i32 i32 i32 i32 i32 i32)
    (drop (call $write (i32.const 3) (i32.const 0) (i32.const 1) (i32.const 8)))))

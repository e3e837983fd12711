;; What Emscripten's "env" is for PDFium here: no files, no clock, no zone, capped memory, and the real
;; setjmp/longjmp (libjpeg and libpng leave a broken image through it) by means of wasm exceptions.
(module
  (import "ccos:host/1" "fail" (func $fail (param i32)))
  (import "pdfium" "memory" (memory 0))
  (import "pdfium" "__indirect_function_table" (table 0 funcref))
  (import "pdfium" "emscripten_stack_get_current" (func $stack_get (result i32)))
  (import "pdfium" "_emscripten_stack_restore" (func $stack_set (param i32)))
  (import "pdfium" "setThrew" (func $set_threw (param i32 i32)))

  ;; A function of our own, because wasm-merge would import an imported function once more for the glue.
  (func (export "fail") (param $code i32) (call $fail (local.get $code)))

  (type $viii (func (param i32 i32 i32)))
  (type $ii (func (param i32) (result i32)))
  (type $iii (func (param i32 i32) (result i32)))
  (type $iiii (func (param i32 i32 i32) (result i32)))
  (type $iiiii (func (param i32 i32 i32 i32) (result i32)))

  ;; invoke_X calls a function that may longjmp: then the stack is restored and setThrew tells the caller.
  (tag $longjmp)
  (func (export "_emscripten_throw_longjmp") (throw $longjmp))
  (func $caught (param $stack i32)
    (call $stack_set (local.get $stack))
    (call $set_threw (i32.const 1) (i32.const 0)))
  (func (export "invoke_viii") (param $f i32) (param $a i32) (param $b i32) (param $c i32)
    (local $stack i32)
    (local.set $stack (call $stack_get))
    (try
      (do (call_indirect (type $viii) (local.get $a) (local.get $b) (local.get $c) (local.get $f)))
      (catch $longjmp (call $caught (local.get $stack)))))
  (func (export "invoke_ii") (param $f i32) (param $a i32) (result i32)
    (local $stack i32)
    (local.set $stack (call $stack_get))
    (try (result i32)
      (do (call_indirect (type $ii) (local.get $a) (local.get $f)))
      (catch $longjmp (call $caught (local.get $stack)) (i32.const 0))))
  (func (export "invoke_iii") (param $f i32) (param $a i32) (param $b i32) (result i32)
    (local $stack i32)
    (local.set $stack (call $stack_get))
    (try (result i32)
      (do (call_indirect (type $iii) (local.get $a) (local.get $b) (local.get $f)))
      (catch $longjmp (call $caught (local.get $stack)) (i32.const 0))))
  (func (export "invoke_iiii") (param $f i32) (param $a i32) (param $b i32) (param $c i32) (result i32)
    (local $stack i32)
    (local.set $stack (call $stack_get))
    (try (result i32)
      (do (call_indirect (type $iiii) (local.get $a) (local.get $b) (local.get $c) (local.get $f)))
      (catch $longjmp (call $caught (local.get $stack)) (i32.const 0))))
  (func (export "invoke_iiiii")
    (param $f i32) (param $a i32) (param $b i32) (param $c i32) (param $d i32) (result i32)
    (local $stack i32)
    (local.set $stack (call $stack_get))
    (try (result i32)
      (do (call_indirect (type $iiiii)
        (local.get $a) (local.get $b) (local.get $c) (local.get $d) (local.get $f)))
      (catch $longjmp (call $caught (local.get $stack)) (i32.const 0))))

  ;; Growth to 4096 pages (256 MiB), the declared maximum. PDFium mostly traps when it is refused memory,
  ;; so the call fails with "over a limit" (4) first.
  (func (export "emscripten_resize_heap") (param $bytes i32) (result i32)
    (local $pages i32)
    (local.set $pages (i32.add
      (i32.shr_u (local.get $bytes) (i32.const 16))
      (i32.ne (i32.and (local.get $bytes) (i32.const 65535)) (i32.const 0))))
    (if (i32.le_u (local.get $pages) (memory.size)) (then (return (i32.const 1))))
    (if (i32.le_u (local.get $pages) (i32.const 4096))
      (then
        (if (i32.ne (memory.grow (i32.sub (local.get $pages) (memory.size))) (i32.const -1))
          (then (return (i32.const 1))))))
    (call $fail (i32.const 4))
    (i32.const 0))
  (func (export "_abort_js") (unreachable))

  ;; The time is 1970-01-01 00:00:00 UTC; a broken-down time (struct tm, 44 bytes) is all zero.
  (func (export "emscripten_date_now") (result f64) (f64.const 0))
  (func (export "_tzset_js") (param $zone i32) (param $daylight i32) (param $std i32) (param $dst i32)
    (i32.store (local.get $zone) (i32.const 0))
    (i32.store (local.get $daylight) (i32.const 0))
    (i32.store (local.get $std) (i32.const 0x435455)) ;; "UTC", little endian, with its terminator
    (i32.store (local.get $dst) (i32.const 0x435455)))
  (func (export "_localtime_js") (param $time i64) (param $tm i32)
    (memory.fill (local.get $tm) (i32.const 0) (i32.const 44)))
  (func (export "_gmtime_js") (param $time i64) (param $tm i32)
    (memory.fill (local.get $tm) (i32.const 0) (i32.const 44)))

  ;; System calls: no such file (-ENOENT, -44) or no such call (-ENOSYS, -52).
  (func (export "__syscall_openat") (param i32 i32 i32 i32) (result i32) (i32.const -44))
  (func (export "__syscall_stat64") (param i32 i32) (result i32) (i32.const -44))
  (func (export "__syscall_newfstatat") (param i32 i32 i32 i32) (result i32) (i32.const -44))
  (func (export "__syscall_lstat64") (param i32 i32) (result i32) (i32.const -44))
  (func (export "__syscall_fcntl64") (param i32 i32 i32) (result i32) (i32.const -52))
  (func (export "__syscall_ioctl") (param i32 i32 i32) (result i32) (i32.const -52))
  (func (export "__syscall_fstat64") (param i32 i32) (result i32) (i32.const -52))
  (func (export "__syscall_ftruncate64") (param i32 i64) (result i32) (i32.const -52))
  (func (export "__syscall_getdents64") (param i32 i32 i32) (result i32) (i32.const -52))
  (func (export "__syscall_unlinkat") (param i32 i32 i32) (result i32) (i32.const -52))
  (func (export "__syscall_rmdir") (param i32) (result i32) (i32.const -52))
)

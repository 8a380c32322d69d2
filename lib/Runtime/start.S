//===- start.S - Where an executable begins -------------------------------===//
//
// Linked in place of the C library's crt1.o, so that linking needs the C library
// itself and nothing else. As the x86-64 psABI has it: %rdx is a function for
// atexit, the stack holds argc and argv.
//
//===----------------------------------------------------------------------===//
    .text
    .globl _start
    .type _start, @function
_start:
    .cfi_startproc
    .cfi_undefined rip
    xorl %ebp, %ebp
    movq %rdx, %r9                  // rtld_fini
    popq %rsi                       // argc
    movq %rsp, %rdx                 // argv
    andq $-16, %rsp
    pushq %rax
    pushq %rsp                      // stack_end
    xorl %r8d, %r8d                 // fini: none
    xorl %ecx, %ecx                 // init: none
    leaq main(%rip), %rdi
    call *__libc_start_main@GOTPCREL(%rip)
    hlt
    .cfi_endproc
    .size _start, . - _start
    .section .note.GNU-stack, "", @progbits

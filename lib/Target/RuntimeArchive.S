// The archive of the run time, as bytes of the compiler.
    .section .rodata.bridge_runtime_archive, "a"
    .globl bridge_runtime_archive
    .globl bridge_runtime_archive_end
    .balign 64
bridge_runtime_archive:
    .incbin BRIDGE_RUNTIME_ARCHIVE
bridge_runtime_archive_end:
    .section .note.GNU-stack, "", @progbits

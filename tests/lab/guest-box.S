# The init of a container: sleeps, reaps, and ends when it is sent SIGTERM. A static program of
# x86-64 without any library, so that the container's root needs no other file.
        .set SIG_TERM, 15
        .set SIG_CHLD, 17
        .set WNOHANG, 1
        .set SYS_rt_sigprocmask, 14
        .set SYS_exit, 60
        .set SYS_wait4, 61
        .set SYS_rt_sigtimedwait, 128

        .globl  _start
_start:                         # block them all: the kernel keeps what PID 1 blocks
        mov     $SYS_rt_sigprocmask, %eax
        xor     %edi, %edi
        lea     all(%rip), %rsi
        xor     %edx, %edx
        mov     $8, %r10d
        syscall
sleep:
        mov     $SYS_rt_sigtimedwait, %eax
        lea     all(%rip), %rdi
        xor     %esi, %esi
        xor     %edx, %edx
        mov     $8, %r10d
        syscall
        cmp     $SIG_CHLD, %eax
        je      reap
        cmp     $SIG_TERM, %eax
        jne     sleep
        mov     $SYS_exit, %eax
        xor     %edi, %edi
        syscall
reap:
        mov     $SYS_wait4, %eax
        mov     $-1, %rdi
        xor     %esi, %esi
        mov     $WNOHANG, %edx
        xor     %r10d, %r10d
        syscall
        test    %eax, %eax
        jg      reap
        jmp     sleep

        .section .rodata
all:    .quad   -1
        .section .note.GNU-stack, "", @progbits

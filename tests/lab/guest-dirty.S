/*
 * The firmware of a guest that writes to every page from 1 MiB to the end of its memory, over and
 * over, so that a pre-copy migration over a slower link never converges. It counts as it writes: a
 * page of zeros, or an unchanged one, would cost the migration next to nothing.
 * A page each 2^17 cycles is some 80 MiB/s: faster than a lab's network is made to be here (lab vm),
 * and slow enough that auto-converge can do something about it.
 *
 * The 64 KiB of the image end at 4 GiB, and the processor starts 16 bytes before that.
 */
    .set base, 0xffff0000

    .code16
start:
    /* Memory above 16 MiB, in blocks of 64 KiB, from the CMOS as qemu fills it. */
    xorl %eax, %eax
    movb $0x35, %al
    outb %al, $0x70
    inb $0x71, %al
    movb %al, %ah
    movb $0x34, %al
    outb %al, $0x70
    inb $0x71, %al
    shll $16, %eax
    leal 0x1000000(%eax), %esi

    /* To 32 bits, with flat segments. */
    lgdtl %cs:descriptor - start
    movl %cr0, %eax
    orb $1, %al
    movl %eax, %cr0
    ljmpl $8, $base + flat - start

    .code32
flat:
    movw $16, %ax
    movw %ax, %ds
    xorl %ecx, %ecx
1:  movl $0x100000, %edi
    incl %ecx
2:  rdtsc
    movl %eax, %ebx
3:  pause
    rdtsc
    subl %ebx, %eax
    cmpl $0x20000, %eax
    jb 3b
    movl %ecx, (%edi)
    addl $4096, %edi
    cmpl %esi, %edi
    jb 2b
    jmp 1b

    /* Marked as accessed already: the processor cannot do so in a ROM. */
    .balign 8
table:
    .quad 0
    .quad 0x00cf9b000000ffff /* 8: code, 4 GiB */
    .quad 0x00cf93000000ffff /* 16: data, 4 GiB */
descriptor:
    .word 23
    .long base + table - start

    .org 0xfff0
    .code16
reset:
    jmp start
    .org 0x10000

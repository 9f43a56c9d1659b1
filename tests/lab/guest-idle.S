/*
 * The firmware of a guest that does nothing: where other firmware starts, this one sleeps, with
 * interrupts off as they are at reset. No BIOS: SeaBIOS alone costs seconds of CPU at each start
 * where KVM is nested.
 */
    .code16
    .fill 0xfff0
reset:
    hlt
    jmp reset
    .org 0x10000

"""A small assembler for the classic BPF programs that seccomp runs before every system call.

Reference: the kernel's Documentation/userspace-api/seccomp_filter.rst and linux/bpf_common.h.
"""

import struct
from typing import Final

from msgspec import Struct

_LOAD_WORD: Final = 0x20  # BPF_LD | BPF_W | BPF_ABS
_JUMP_EQUAL: Final = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_JUMP_GREATER: Final = 0x25  # BPF_JMP | BPF_JGT | BPF_K
_JUMP_ANY_BIT: Final = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_AND: Final = 0x54  # BPF_ALU | BPF_AND | BPF_K
_RETURN: Final = 0x06  # BPF_RET | BPF_K

ALLOW: Final = 0x7FFF0000
KILL_PROCESS: Final = 0x80000000
_ERRNO: Final = 0x00050000

INSTRUCTION_BYTES: Final = 8
NUMBER: Final = 0
ARCHITECTURE: Final = 4


class Instruction(Struct, frozen=True):
    """One `struct sock_filter`: operation, how many to skip when the test holds and when it does not, operand."""

    code: int
    if_true: int = 0
    if_false: int = 0
    operand: int = 0


def argument(index: int, *, high: bool = False) -> int:
    """Where the low (or high) 32 bits of a call's argument lie in `struct seccomp_data`, on little-endian machines."""
    return 16 + 8 * index + (4 if high else 0)


def load(offset: int) -> Instruction:
    """Look at the word at `offset` of the call's data."""
    return Instruction(_LOAD_WORD, operand=offset)


def mask(bits: int) -> Instruction:
    """Keep only these bits of the word looked at."""
    return Instruction(_AND, operand=bits)


def skip_unless_equal(value: int, count: int) -> Instruction:
    """Skip `count` instructions unless the word is `value`."""
    return Instruction(_JUMP_EQUAL, 0, count, value)


def skip_if_equal(value: int, count: int) -> Instruction:
    """Skip `count` instructions if the word is `value`."""
    return Instruction(_JUMP_EQUAL, count, 0, value)


def skip_unless_any_bit(bits: int, count: int) -> Instruction:
    """Skip `count` instructions unless the word has one of these bits."""
    return Instruction(_JUMP_ANY_BIT, 0, count, bits)


def skip_unless_greater(value: int, count: int) -> Instruction:
    """Skip `count` instructions unless the word is greater than `value`."""
    return Instruction(_JUMP_GREATER, 0, count, value)


def end(verdict: int) -> Instruction:
    """End with a verdict: `ALLOW`, `KILL_PROCESS` or `errno(...)`."""
    return Instruction(_RETURN, operand=verdict)


def errno(number: int) -> int:
    """The verdict "the call is not made and answers this error"."""
    return _ERRNO | number


def assemble(program: list[Instruction]) -> bytes:
    """The program as an array of `struct sock_filter`."""
    return b"".join(struct.pack("=HBBI", i.code, i.if_true, i.if_false, i.operand) for i in program)


def run(program: list[Instruction], data: bytes) -> int:
    """What the program says to the call described by `data` (a `struct seccomp_data`), as the kernel would run it."""
    word, at = 0, 0
    while True:
        step = program[at]
        at += 1
        if step.code == _RETURN:
            return step.operand
        if step.code == _LOAD_WORD:
            word = struct.unpack_from("=I", data, step.operand)[0]
        elif step.code == _AND:
            word &= step.operand
        else:
            holds = {
                _JUMP_EQUAL: word == step.operand,
                _JUMP_GREATER: word > step.operand,
                _JUMP_ANY_BIT: bool(word & step.operand),
            }[step.code]
            at += step.if_true if holds else step.if_false

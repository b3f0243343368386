"""A hub's id as people read, say and type it: short, with check digits, so that a slip is noticed.

An id is 64 hexadecimal digits. What is shown are its first 60 bits as twelve symbols of Crockford's base 32 (no I, L, O
and U, which are mistaken for others; https://www.crockford.com/base32.html) and two check digits, in groups:

    7K3M-9QF2-XA4D-02

The check digits are those of ISO 7064 MOD 97-10, as in a bank account's number: with N the number that the symbols
are, (100 N + digits) mod 97 = 1. A wrong symbol changes N by d * 32^k with 0 < |d| < 32, two swapped neighbours by
d * 31 * 32^k; 97 is prime and divides neither, so both are always noticed.

The short form says which of the hubs that this one knows is meant. Trust never rests on it: that takes the whole id.
"""

from typing import Final

from hub.core.errors import UsageError

_SYMBOLS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE: Final = {symbol: value for value, symbol in enumerate(_SYMBOLS)} | {"O": 0, "I": 1, "L": 1}
_LETTERS: Final = 12
_BITS: Final = 5 * _LETTERS
_NIBBLES: Final = _BITS // 4


def shown(hub: str) -> str:
    """The id `hub` (hexadecimal) as it is shown to people."""
    number = int(hub[:_NIBBLES], 16)
    letters = "".join(_SYMBOLS[number >> shift & 31] for shift in range(_BITS - 5, -1, -5))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}-{_check(number):02}"


def beginning(typed: str) -> str:
    """The first 15 hexadecimal digits of the id that was typed as it is shown; spaces, dashes and case do not matter.

    Raises `UsageError` when it is none, or when the check digits say that something in it is wrong.
    """
    symbols = "".join(typed.upper().replace("-", " ").split())
    letters, digits = symbols[:_LETTERS], symbols[_LETTERS:].translate(str.maketrans("OIL", "011"))
    if len(digits) != 2 or not digits.isascii() or not digits.isdigit() or not _VALUE.keys() >= set(letters):
        raise UsageError(f"{typed[:80]!r} is no hub's id", remedy="it looks like 7K3M-9QF2-XA4D-02")
    number = 0
    for letter in letters:
        number = number << 5 | _VALUE[letter]
    if int(digits) != _check(number):
        raise UsageError(f"there is a slip in {typed[:80]!r}: its check digits do not fit", remedy="read it once more")
    return f"{number:0{_NIBBLES}x}"


def _check(number: int) -> int:
    return 98 - number * 100 % 97

"""Passwords: hashed with argon2id, off the loop, and as slowly for a name that nobody has."""

import asyncio
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LEAST: Final = 8
MOST: Final = 256
_AT_ONCE: Final = 2
"""Each takes 64 MiB for a tenth of a second: more at once would let strangers fill the memory of a small machine."""


class Passwords:
    """Hashes and checks; `hasher` with the library's parameters (RFC 9106, low memory) unless given."""

    def __init__(self, hasher: "PasswordHasher | None" = None) -> None:
        self._given = hasher
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._nobody = ""

    async def hash(self, password: str) -> str:
        """What is kept of it: argon2id with salt and parameters."""
        async with self._room:
            return await asyncio.to_thread(self._hasher().hash, _plain(password))

    async def fits(self, kept: str | None, password: str) -> bool:
        """Whether the password is the one; None: nobody has that name, which takes as long to find out."""
        async with self._room:
            if not self._nobody:
                self._nobody = await asyncio.to_thread(self._hasher().hash, b"nobody has this password")
            right = await asyncio.to_thread(self._verify, kept or self._nobody, _plain(password))
        return right and kept is not None

    def _verify(self, kept: str, password: bytes) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            return self._hasher().verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False

    def _hasher(self) -> "PasswordHasher":
        if self._given is None:
            from argon2 import PasswordHasher  # imported when somebody first comes in: a start need not wait for it

            self._given = PasswordHasher()
        return self._given


def _plain(password: str) -> bytes:
    # One letter can be typed as one character or as two; both are the same password.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")

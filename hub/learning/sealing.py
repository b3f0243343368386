"""Encryption at rest of what a hub learns from: a key in the home's directory, and records that only it opens."""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.core.errors import StoreError

_FILE: Final = "examples.key"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class Seal:
    """Seals and opens records with AES-256-GCM under the home's key, which is made when it is first needed.

    The key's file has mode 0600. A backup of the database without it holds nothing that can be read.
    """

    def __init__(self, home: Path) -> None:
        """`home` is the home's directory. Raises `StoreError` when the key cannot be read, or others can read it."""
        self._path = home / _FILE
        self._cipher = AESGCM(self._key())

    def seal(self, record: bytes, about: str) -> bytes:
        """A record that only opens with the same `about`: one kind's cannot pass for another's."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, record, about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """The record. Raises `StoreError` when it was sealed with another key, for another purpose, or was changed."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], about.encode())
        except (InvalidTag, ValueError) as error:
            raise StoreError(
                "an example was not sealed with this home's key", place=str(self._path), remedy="purge the examples"
            ) from error

    def forget(self) -> None:
        """Throw the key away for a new one: whatever was sealed before, wherever a copy of it lies, stays shut."""
        with contextlib.suppress(FileNotFoundError):
            # Written over first: a journal may keep a deleted file's blocks.
            self._path.write_bytes(secrets.token_bytes(_KEY_BYTES))
            self._path.unlink()
        self._cipher = AESGCM(self._key())

    def _key(self) -> bytes:
        try:
            with contextlib.suppress(FileExistsError):
                made = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(made, "wb") as file:
                    file.write(secrets.token_bytes(_KEY_BYTES))
            if self._path.stat().st_mode & 0o077:
                raise StoreError(
                    "others can read the key of the examples", place=str(self._path), remedy="chmod 600 it"
                )
            key = self._path.read_bytes()
        except OSError as error:
            raise StoreError(f"the key of the examples: {error}", place=str(self._path)) from error
        if len(key) != _KEY_BYTES:
            raise StoreError("this is no key", place=str(self._path), remedy="remove it, and purge the examples")
        return key

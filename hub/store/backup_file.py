"""The file that a backup is: age's format (age-encryption.org/v1), under a passphrase, written whole or not at all."""

from pathlib import Path
from typing import Final

import pyrage  # type: ignore[import-untyped] # published without types

from hub.core.errors import StoreError, UsageError
from hub.core.on_disk import write_whole

_BEGINS: Final = b"age-encryption.org/"
SHORTEST: Final = 8
"""Characters of a passphrase at least: whoever has the file may try as long as they like."""


def check_passphrase(passphrase: str) -> None:
    """Raise `UsageError` for one that is guessed at once."""
    if len(passphrase) < SHORTEST:
        raise UsageError("the passphrase is too short", remedy=f"take {SHORTEST} characters or, better, five words")


def seal(archive: bytes, passphrase: str) -> bytes:
    """The archive, encrypted. Blocking, seconds."""
    sealed: bytes = pyrage.passphrase.encrypt(archive, passphrase)
    return sealed


def write_backup(path: Path, archive: bytes, passphrase: str) -> int:
    """Encrypt and write a backup; returns its size in bytes. It is on the disk when this returns. Blocking, seconds.

    What was there before stays until the new file is whole. Raises `StoreError`.
    """
    sealed = seal(archive, passphrase)
    try:
        write_whole(path, sealed, mode=0o600)
    except OSError as error:
        raise StoreError(f"cannot be written: {error.strerror}", place=str(path), remedy="is the disk full?") from error
    return len(sealed)


def check_target(path: Path, root: Path) -> None:
    """Raise `UsageError` where a backup of the home at `root` must not be written."""
    if path.is_dir() or not path.parent.is_dir():
        raise UsageError(f"{path} cannot be a file", remedy="name a file in a folder that is there")
    if path.parent.resolve().is_relative_to(root.resolve()):
        raise UsageError(f"{path} lies in the home itself", remedy="name a file elsewhere, best on another disk")
    if path.exists() and not is_backup(path):
        raise UsageError(f"{path} is there already, and no backup", remedy="name another file")


def is_backup(path: Path) -> bool:
    """Whether the file begins as an encrypted one of age's."""
    try:
        with path.open("rb") as file:
            return file.read(len(_BEGINS)) == _BEGINS
    except OSError:
        return False


def read_backup(path: Path, passphrase: str) -> bytes:
    """The archive in a backup. Blocking, seconds. Raises `StoreError`: no backup, damaged, or another passphrase."""
    try:
        sealed = path.read_bytes()
    except OSError as error:
        raise StoreError(f"cannot be read: {error.strerror}", place=str(path), remedy="name a backup") from error
    if not sealed.startswith(_BEGINS):
        raise StoreError("this is no backup", place=str(path), remedy="name a file that `hearth backup` wrote")
    try:
        archive: bytes = pyrage.passphrase.decrypt(sealed, passphrase)
    except pyrage.DecryptError as error:
        wrong = "Decryption failed" in str(error)  # the file's key does not come out of its envelope
        message = (
            "the passphrase is not that of this backup" if wrong else f"the backup is damaged or cut off ({error})"
        )
        remedy = f"{'try again' if wrong else 'use another one'}; nothing was changed"
        raise StoreError(message, place=str(path), remedy=remedy) from error
    return archive

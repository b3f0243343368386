"""Files of a hub's own: written whole or not at all, and readable by nobody else."""

import os
from pathlib import Path

from hub.core.errors import StoreError
from hub.core.on_disk import write_whole


def write_secret(path: Path, content: bytes) -> None:
    """Write the file with mode 0600; it is on the disk when this returns. Raises `StoreError`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, content, mode=0o600)
    except OSError as error:
        raise StoreError(f"cannot be written: {error.strerror}", place=str(path), remedy="is the disk full?") from error


def read_secret(path: Path) -> bytes | None:
    """The file's content, None where there is none. Raises `StoreError` when others can read it or it cannot be."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                raise StoreError("others can read this hub's key", place=str(path), remedy=f"chmod 600 {path}")
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"cannot be read: {error.strerror}", place=str(path), remedy="run as its owner") from error

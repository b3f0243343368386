"""Files of a hub's own: written whole or not at all, and readable by nobody else."""

import os
from pathlib import Path

from hub.core.errors import StoreError


def write_secret(path: Path, content: bytes) -> None:
    """Write the file with mode 0600; it is on the disk when this returns. Raises `StoreError`."""
    draft = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.unlink(missing_ok=True)
        made = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(made, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
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

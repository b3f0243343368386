"""Files that are on the disk, whole, when they are said to be: a loss of power finds the old one or the new one."""

import os
from pathlib import Path
from typing import IO


def write_whole(path: Path, content: bytes, *, mode: int) -> None:
    """Write a file with this `mode`, as far as the umask allows; what was there stays until all of it is on the disk.

    Raises `OSError`.
    """
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    made = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(made, "wb") as file:
            file.write(content)
            sync_file(file)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_file(file: IO[bytes]) -> None:
    """Return when what was written to the file is on the disk. Raises `OSError`."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Return when the disk knows the names in a folder. Raises `OSError`."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Looking for canaries in the files of a home."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from hub.bench.audit.trace import Canary

_PIECE: Final = 8 * 1024 * 1024
_OVERLAP: Final = 4096
"""Longer than every trace: none is missed where two pieces meet."""


def leaks_in(root: Path, canaries: Sequence[Canary]) -> list[str]:
    """The files below `root` that hold some of a canary, each with what and where. Blocking."""
    found = []
    for path in _files(root):
        for canary in canaries:
            where = _in_file(path, canary)
            if where:
                found.append(f"{path.relative_to(root)} has {where}")
    return found


def _files(root: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(root):
        for name in sorted(names):
            path = Path(folder) / name
            if path.is_file() and not path.is_symlink():
                yield path


def _in_file(path: Path, canary: Canary) -> str:
    before = b""
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                found = canary.found(before + piece)
                if found:
                    return found
                before = piece[-_OVERLAP:]
    except FileNotFoundError:  # a journal that ended meanwhile
        return ""
    return ""

"""Which names a package's files may have: such that they mean the same file, inside the skill, on every system."""

import re
from collections.abc import Iterable
from typing import Final

from hub.core.errors import PackageError

_PART: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_LONGEST: Final = 160
_DEEPEST: Final = 8
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def check_names(names: Iterable[str]) -> None:
    """Raises `PackageError` for the first name that is not plain, and for two that a file system may take for one."""
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    for name in names:
        parts = name.split("/")
        if len(name) > _LONGEST or len(parts) > _DEEPEST or not all(map(_plain, parts)):
            raise PackageError(
                f"a file may not be named {name[:80]!r}", remedy="use letters, digits, _, - and ., inside the skill"
            )
        folded = name.casefold()
        if folded in files or folded in folders:
            raise PackageError(f"two files are named {name!r} but for their case", remedy="rename one")
        files[folded] = name
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            if folder.casefold() in files or folders.setdefault(folder.casefold(), folder) != folder:
                raise PackageError(f"{folder!r} is two things", remedy="rename one")


def _plain(part: str) -> bool:
    return bool(_PART.fullmatch(part)) and not part.endswith(".") and not _RESERVED.fullmatch(part)

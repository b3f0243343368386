"""Which skills the household switched off: an empty file for each, `HOME/skills/.off/ID`."""

import re
from pathlib import Path
from typing import Final

from hub.core.errors import NotFoundError, StoreError
from hub.core.on_disk import sync_folder

_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


class SkillSwitches:
    """The switches of the home at `root`. Beside the skills, so that they are read before the store is open."""

    def __init__(self, root: Path) -> None:
        self._folder = root / "skills" / ".off"

    def off(self) -> frozenset[str]:
        """The skills that are switched off, by id."""
        try:
            return frozenset(path.name for path in self._folder.iterdir())
        except OSError:
            return frozenset()

    def switch(self, skill: str, on: bool) -> None:
        """Switch a skill; on the disk when this returns. Raises `NotFoundError` for no id, `StoreError`."""
        if not _ID.fullmatch(skill):
            raise NotFoundError(f"{skill[:80]!r} is no skill", remedy="`hearth skill list` shows what there is")
        mark = self._folder / skill
        if on and not mark.exists():
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            mark.unlink(missing_ok=True) if on else mark.touch()
            sync_folder(self._folder)
        except OSError as error:
            raise StoreError(f"it cannot be kept: {error}", remedy="make room, or mend the folder") from error

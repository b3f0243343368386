"""What the household chose for its skills: `HOME/skills/.settings/ID.json`, for each that has settings."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from hub.core.errors import StoreError
from hub.core.on_disk import write_whole


class SkillSettings:
    """The settings of the skills of the home at `root`. Ids are checked ones."""

    def __init__(self, root: Path) -> None:
        self._folder = root / "skills" / ".settings"

    def of(self, skill: str) -> dict[str, Any]:
        """What was chosen for a skill, by the setting's name; nothing where that cannot be read."""
        try:
            return msgspec.json.decode((self._folder / f"{skill}.json").read_bytes(), type=dict[str, Any])
        except (OSError, msgspec.DecodeError):
            return {}

    def keep(self, skill: str, values: Mapping[str, Any]) -> None:
        """Keep what was chosen; on the disk when this returns. Raises `StoreError`."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(self._folder / f"{skill}.json", msgspec.json.encode(values), mode=0o666)
        except OSError as error:
            raise StoreError(f"it cannot be kept: {error}", remedy="make room, or mend the folder") from error

    def forget(self, skill: str) -> None:
        """The skill is gone. Raises `StoreError`."""
        try:
            (self._folder / f"{skill}.json").unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"it cannot be removed: {error}", remedy="mend the folder") from error

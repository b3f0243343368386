"""What the routes about settings, and about setting a home up, need of the rooms below."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class SettingsKeeper(Protocol):
    """Keeps what the household sets in the app. Raises `HearthError`s."""

    @property
    def restart(self) -> bool:
        """Whether something that was changed waits for a restart."""
        ...

    def settings(self) -> Sequence[Any]:
        """Every setting, as `hub.home.household_settings.HouseholdSetting` is."""
        ...

    async def change(self, changes: Mapping[str, Any]) -> None:
        """Keep these, all or none."""
        ...


class StepsKeeper(Protocol):
    """Keeps how far the household came with setting its home up."""

    async def step(self) -> str:
        """The step to go on with: `done` when there is none, empty at the very beginning."""
        ...

    async def go_on(self, step: str) -> None:
        """The household is at `step` now."""
        ...

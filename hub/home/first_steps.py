"""How far the household came with setting its home up: kept, so that another day or device goes on from there."""

from collections.abc import Callable
from typing import Any, Final, Protocol

from hub.core.entities import BROWSER, HomeView

DONE: Final = "done"
_KEY: Final = "first_steps"


class StepsTable(Protocol):
    """Where it is kept."""

    async def setting(self, key: str, kind: type[str], default: str) -> str:
        """What is kept under `key`."""
        ...

    async def set_setting(self, key: str, value: Any) -> None:
        """Keep it; on the disk when this returns."""
        ...


class FirstSteps:
    """The step that the household is at. `home` tells whether there is anything in the home yet."""

    def __init__(self, table: StepsTable, home: Callable[[], HomeView]) -> None:
        self._table, self._home = table, home

    async def step(self) -> str:
        """The step to go on with: `done` when there is nothing left, empty at the very beginning.

        A home that somebody wrote in hearth.toml, or that was lived in before, needs no first steps.
        """
        kept = await self._table.setting(_KEY, str, "")
        view = self._home()
        things = any(entity.device_class != BROWSER for entity in view.entities.values())
        return kept or (DONE if view.areas or things else "")

    async def go_on(self, step: str) -> None:
        """The household is at `step` now. Raises `StoreError`."""
        await self._table.set_setting(_KEY, step)

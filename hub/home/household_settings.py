"""What the household sets in the app: kept in the store, under what hearth.toml says."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec
import structlog
from msgspec import Struct

from hub.core.errors import DeniedError, ValueRefusedError
from hub.core.hidden_passwords import hidden_in, restored
from hub.core.kept_settings import (
    KEPT,
    Check,
    SettingForm,
    check_table,
    form_of,
    is_locked,
    merged,
    parsed,
    value_in,
    with_value,
)
from hub.core.settings import Settings
from hub.core.settings_file import LoadedSettings
from hub.core.uninterrupted import uninterrupted

log = structlog.get_logger(__name__)
_ROWS: Final = "setting"
_PREFIX: Final = "toml."
_MOST_GESTURES: Final = 64


class SettingsTable(Protocol):
    """Where settings are kept: plain JSON values by key."""

    async def settings(self) -> dict[str, Any]:
        """All settings; rows that cannot be read are left out."""
        ...

    async def change_rows(
        self, rows: Sequence[tuple[str, str, Any]] = (), gone: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Keep rows (kind, id, value) and forget others (kind, id), all or none; on the disk when this returns."""
        ...


class HouseholdSetting(Struct, frozen=True):
    """A setting as it stands: `value` is what holds, after a restart where `waits`. A password in it is hidden."""

    form: SettingForm
    value: Any
    locked: bool
    kept: bool
    """Whether the household set it, rather than the default or hearth.toml."""
    live: bool
    """Whether a change holds at once."""
    waits: bool


def kept_values(rows: Mapping[str, Any]) -> dict[str, Any]:
    """The values by key among all rows of the table."""
    return {key.removeprefix(_PREFIX): value for key, value in rows.items() if key.startswith(_PREFIX)}


class HouseholdSettings:
    """Reads, tells and changes them.

    `checks` refuse values with which the hub could not run. Call `load` once before the rest. What `at_once` names is
    told of a change and needs no restart.
    """

    def __init__(self, loaded: LoadedSettings, table: SettingsTable, checks: Mapping[str, Check] | None = None) -> None:
        self._loaded, self._table = loaded, table
        self._checks = dict(checks or {})
        self._kept: dict[str, Any] = {}
        self._wanted = self._running = loaded.settings
        self._live: dict[str, Callable[[Any], None]] = {}
        self._changing = asyncio.Lock()

    async def load(self) -> Settings:
        """The settings that the hub is to run with. Raises `StoreError`."""
        found = kept_values(await self._table.settings())
        self._kept = {key: value for key, value in found.items() if key in KEPT}
        joined = merged(self._loaded.settings, self._loaded.said, found, self._checks)
        for problem in joined.problems:
            log.warning("left out of the settings", problem=str(problem))
        self._wanted = self._running = joined.settings
        return self._running

    def at_once(self, key: str, apply: Callable[[Any], None]) -> None:
        """Tell `apply` of each new value: the setting needs no restart."""
        self._live[key] = apply

    def check(self, key: str, check: Check) -> None:
        """Refuse what `check` refuses from now on; `key` is a setting's or a table's."""
        self._checks[key] = check

    def settings(self) -> list[HouseholdSetting]:
        """Every setting that the app may decide, unless hearth.toml does."""
        return [self._setting(key) for key in KEPT]

    @property
    def restart(self) -> bool:
        """Whether something waits for a restart."""
        return any(setting.waits for setting in self.settings())

    async def change(self, changes: Mapping[str, Any]) -> None:
        """Keep these plain JSON values by key (None: back to the default), all or none; on the disk when this returns.

        Raises `NotFoundError` for a key that there is not, `DeniedError` for one that hearth.toml decides on, and
        `ValueRefusedError` naming the key of a value that does not fit.
        """
        new = {key: None if value is None else self._fitting(key, value) for key, value in changes.items()}
        for key in new:
            if is_locked(key, self._loaded.said):
                raise DeniedError(f"hearth.toml decides on {key}", remedy="change it there, or remove it there")
        async with self._changing:
            self._check_tables(new)
            await uninterrupted(self._keep(new))

    async def _keep(self, new: Mapping[str, Any]) -> None:
        rows = [(_ROWS, _PREFIX + key, msgspec.to_builtins(value)) for key, value in new.items() if value is not None]
        gone = [(_ROWS, _PREFIX + key) for key, value in new.items() if value is None]
        await self._table.change_rows(rows, gone)
        for key, value in new.items():
            holds = self._holding(key, value)
            self._kept.pop(key, None)
            if value is not None:
                self._kept[key] = value
            self._wanted = with_value(self._wanted, key, holds)
            if key in self._live:
                self._running = with_value(self._running, key, holds)
                self._live[key](holds)

    def _holding(self, key: str, value: Any) -> Any:
        return value_in(Settings(), key) if value is None else value

    def _check_tables(self, new: Mapping[str, Any]) -> None:
        """Raise `ValueRefusedError` where what fits by itself does not together."""
        wanted = self._wanted
        for key, value in new.items():
            wanted = with_value(wanted, key, self._holding(key, value))
        for table in dict.fromkeys(key.partition(".")[0] for key in new if "." in key):
            check_table(table, wanted, self._checks)

    def _fitting(self, key: str, value: Any) -> Any:
        found = parsed(key, self._unhidden(value) if key == "camera" else value, self._checks)
        if key == "gesture":
            names = [gesture.name for gesture in found]
            if len(names) != len(set(names)) or len(names) > _MOST_GESTURES:
                raise ValueRefusedError("gesture: one stands twice", remedy="say once what each gesture is for")
        return found

    def _unhidden(self, cameras: Any) -> Any:
        """What was told of cameras, and comes back, with the passwords that were not told."""
        if not isinstance(cameras, list):
            return cameras

        def known(name: Any) -> list[str]:
            # The camera of that name first: another may be shown alike.
            return [c.source for c in sorted(self._wanted.camera, key=lambda camera: camera.name != name)]

        return [
            {**each, "source": restored(each["source"], known(each.get("name")))}
            if isinstance(each, dict) and isinstance(each.get("source"), str)
            else each
            for each in cameras
        ]

    def _setting(self, key: str) -> HouseholdSetting:
        wanted = value_in(self._wanted, key)
        return HouseholdSetting(
            form=form_of(key),
            value=hidden_in(msgspec.json.decode(msgspec.json.encode(wanted))),
            locked=is_locked(key, self._loaded.said),
            kept=key in self._kept,
            live=key in self._live,
            waits=wanted != value_in(self._running, key),
        )

"""How virtual things behave: a light is on at once, a blind takes its time, a room warms slowly."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from hub.sdk import CommandError, Entity, Value

Report = Callable[[str, Value, int], None]
"""Tells a trait's new value and the command that brought it (0: none)."""
Sleep = Callable[[float], Awaitable[None]]

_TRAVEL_S = {"garage": 8.0, "garage_door": 8.0, "gate": 8.0}  # from closed to open, by device class
_BLIND_TRAVEL_S = 4.0
_STEP_S = 0.25
_LOCK_S = 0.6
_CLEANING_S = 60.0
_RETURNING_S = 5.0
_DRIFT_S = 5.0  # for a tenth of a degree
_UNHEATED = 17.0  # degrees that a room falls to when nothing heats it

_DEFAULTS: dict[str, Value] = {
    "OnOff": False,
    "Level": 100,
    "Position": 0,
    "Lock": "locked",
    "Media": "idle",
    "Setpoint": 20.0,
    "Contact": False,
    "Presence": False,
}


class Thing:
    """One virtual entity: its values, and what a command does to them."""

    def __init__(self, entity: Entity, values: dict[str, Value], report: Report, sleep: Sleep) -> None:
        self.entity = entity
        self.values: dict[str, Value] = {}
        self._report = report
        self._sleep = sleep
        self._motion: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        for trait, config in entity.traits.items():
            start = config.options[0] if trait == "Mode" and config.options else _DEFAULTS.get(trait)
            value = values.get(trait, start)
            if value is not None:
                self.values[trait] = value

    async def obey(self, trait: str, value: Value, command: int) -> None:
        """Begin what the command asks; returns when it can be acknowledged. Raises `CommandError` when it cannot be."""
        act = _ACTS.get(trait)
        if act is None or trait not in self.entity.traits:
            raise CommandError(f"{self.entity.name} cannot be told its {trait}", remedy="change another trait")
        async with self._turn:
            await act(self, value, command)

    def settle(self) -> None:
        """Go on with what a restart interrupted: nothing stays half locked or half way home."""
        halfway = {"locking": "locked", "unlocking": "unlocked"}
        if self.values.get("Lock") in halfway:
            self.values["Lock"] = halfway[str(self.values["Lock"])]
        if self.values.get("Mode") == "returning" and "docked" in self._options():
            self.values["Mode"] = "docked"
        self._begin_drift(0)

    async def stop(self) -> None:
        """End all motion."""
        if self._motion is not None:
            self._motion.cancel()
            await asyncio.gather(self._motion, return_exceptions=True)
            self._motion = None

    # -- what commands do ------------------------------------------------------------------------------------------

    async def _power(self, on: Value, command: int) -> None:
        self._set("OnOff", on, command)
        if on and self.values.get("Level") == 0 and self.entity.kind != "media_player":
            self._set("Level", 100, command)
        if "Media" in self.entity.traits:
            self._set("Media", "idle" if on else "off", command)

    async def _level(self, level: Value, command: int) -> None:
        self._set("Level", level, command)
        if self.entity.kind != "media_player":  # there it is the volume
            self._set("OnOff", level != 0, command)

    async def _colour(self, colour: Value, command: int) -> None:
        self._set("Color", colour, command)
        self._set("OnOff", True, command)

    async def _warmth(self, kelvin: Value, command: int) -> None:
        self._set("ColorTemperature", kelvin, command)
        self._set("OnOff", True, command)

    async def _position(self, target: Value, command: int) -> None:
        await self.stop()
        self._move(self._travel(int(target or 0), command))

    async def _travel(self, target: int, command: int) -> None:
        whole = _TRAVEL_S.get(self.entity.device_class, _BLIND_TRAVEL_S)
        stride = max(1, round(100 * _STEP_S / whole))
        while (now := int(self.values.get("Position") or 0)) != target:
            await self._sleep(_STEP_S)
            step = min(stride, abs(target - now))
            self._set("Position", now + step if target > now else now - step, command)

    async def _lock(self, wanted: Value, command: int) -> None:
        if self.values.get("Lock") != wanted:
            self._set("Lock", "locking" if wanted == "locked" else "unlocking", command)
            await self._sleep(_LOCK_S)
        self._set("Lock", wanted, command)

    async def _mode(self, mode: Value, command: int) -> None:
        await self.stop()
        self._set("Mode", mode, command)
        if self.entity.kind == "vacuum":
            self._home_first(str(mode), command)
        else:
            self._begin_drift(command)

    def _home_first(self, mode: str, command: int) -> None:
        """A robot that is told to dock drives there, and one that cleaned enough does so by itself."""
        options = self._options()
        if mode == "docked" and "returning" in options:
            self._set("Mode", "returning", command)
            self._move(self._return(command))
        elif mode == "returning" and "docked" in options:
            self._move(self._return(command))
        elif mode == "cleaning":
            self._move(self._clean(command))

    async def _clean(self, command: int) -> None:
        await self._sleep(_CLEANING_S)
        if "returning" in self._options():
            self._set("Mode", "returning", command)
        await self._return(command)

    async def _return(self, command: int) -> None:
        await self._sleep(_RETURNING_S)
        if "docked" in self._options():
            self._set("Mode", "docked", command)

    async def _setpoint(self, degrees: Value, command: int) -> None:
        await self.stop()
        self._set("Setpoint", degrees, command)
        self._begin_drift(command)

    def _begin_drift(self, command: int) -> None:
        if self.entity.kind == "climate" and {"Setpoint", "Measure"} <= self.values.keys():
            self._move(self._drift(command))

    async def _drift(self, command: int) -> None:
        """The measured temperature goes to the wanted one by tenths of a degree."""
        while True:
            wanted = _UNHEATED if self.values.get("Mode") == "off" else float(self.values["Setpoint"] or 0)
            now = float(self.values["Measure"] or 0)
            if abs(wanted - now) < 0.05:
                return
            await self._sleep(_DRIFT_S)
            self._set("Measure", round(now + (0.1 if wanted > now else -0.1), 1), command)

    async def _media(self, action: Value, command: int) -> None:
        # The next track plays: only what it then does is a state.
        self._set("Media", "playing" if action in ("next", "previous") else action, command)
        self._set("OnOff", True, command)

    async def _press(self, _value: Value, _command: int) -> None:
        """A scene has no state of its own; the hub does what it stands for."""

    # -- inside ----------------------------------------------------------------------------------------------------

    def _options(self) -> tuple[str, ...]:
        config = self.entity.traits.get("Mode")
        return config.options if config else ()

    def _set(self, trait: str, value: Value, command: int) -> None:
        if trait in self.entity.traits:
            self.values[trait] = value
            self._report(trait, value, command)

    def _move(self, motion: Coroutine[Any, Any, None]) -> None:
        self._motion = asyncio.get_running_loop().create_task(motion, name=f"virtual:{self.entity.id}")


_Act = Callable[[Thing, Value, int], Awaitable[None]]
_ACTS: dict[str, _Act] = {
    "OnOff": Thing._power,
    "Level": Thing._level,
    "Color": Thing._colour,
    "ColorTemperature": Thing._warmth,
    "Position": Thing._position,
    "Lock": Thing._lock,
    "Mode": Thing._mode,
    "Setpoint": Thing._setpoint,
    "Media": Thing._media,
    "Press": Thing._press,
}

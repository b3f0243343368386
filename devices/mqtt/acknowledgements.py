"""Commands that wait for their device's answer: the state that comes back on its state topic."""

import asyncio
from collections.abc import Callable

from hub.core.errors import CommandTimeoutError
from hub.sdk import CommandError, DeviceCommand, Value

from .colour import hs_of
from .model import Report

_NEAR = {"Level": 3.0, "Position": 3.0, "Setpoint": 0.51, "ColorTemperature": 150.0}
_DIRECTED = {"locked": 1, "unlocked": -1, "docked": -1, "disarmed": -1}
ALREADY_S = 1.0
"""A device that is already as wished need not say so again: after this it is taken as done."""


class Waiting:
    """One command on its way. `before` is the trait's last reported value."""

    def __init__(self, command: DeviceCommand, before: Value) -> None:
        self.command = command
        self.before = before
        self.timers: list[asyncio.TimerHandle] = []


class Acknowledgements:
    """Holds commands until they are answered, time out, or the broker is lost."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._waiting: dict[str, list[Waiting]] = {}

    def expect(self, command: DeviceCommand, before: Value, place: str) -> None:
        """Wait for the answer; without one the command fails with `CommandTimeoutError`."""
        loop = asyncio.get_running_loop()
        waiting = Waiting(command, before)
        self._waiting.setdefault(command.entity, []).append(waiting)
        late = CommandTimeoutError(
            f"{command.entity} did not report back within {self._timeout_s:g} s",
            place=place,
            remedy="look whether the device has power and a connection",
        )
        waiting.timers.append(loop.call_later(self._timeout_s, self._end, waiting, lambda: command.fail(late)))
        if before is not None and near(command.trait, command.value, before):
            waiting.timers.append(
                loop.call_later(min(ALREADY_S, self._timeout_s / 2), self._end, waiting, command.done)
            )

    def hear(self, entity: str, report: Report) -> None:
        """A device reported a trait: end the commands that it answers."""
        for waiting in tuple(self._waiting.get(entity, ())):
            command = waiting.command
            if command.trait == report.trait == "Lock" and report.value == "jammed":
                jam = CommandError("the lock is jammed", place=entity, remedy="look at the door")
                self._end(waiting, lambda command=command, jam=jam: command.fail(jam))  # type: ignore[misc]
            elif answers(command, report, waiting.before):
                self._end(waiting, command.done)

    def forget(self, command: DeviceCommand) -> None:
        """The command ended otherwise."""
        for waiting in tuple(self._waiting.get(command.entity, ())):
            if waiting.command is command:
                self._end(waiting, lambda: None)

    def fail_all(self, error: CommandError) -> None:
        """Nobody will answer any more."""
        for waiting in [w for held in self._waiting.values() for w in held]:
            self._end(waiting, lambda waiting=waiting: waiting.command.fail(error))  # type: ignore[misc]

    def _end(self, waiting: Waiting, finish: Callable[[], None]) -> None:
        for timer in waiting.timers:
            timer.cancel()
        held = self._waiting.get(waiting.command.entity, [])
        if waiting in held:
            held.remove(waiting)
            if not held:
                del self._waiting[waiting.command.entity]
        finish()


def near(trait: str, wanted: Value, value: Value) -> bool:
    """Whether `value` is what was wanted, as far as devices round."""
    if isinstance(wanted, bool) or isinstance(value, bool):
        return wanted is value
    if isinstance(wanted, int | float) and isinstance(value, int | float):
        return abs(wanted - value) <= _NEAR.get(trait, 1e-6) and (wanted == 0) == (value == 0)
    if trait == "Color" and isinstance(wanted, str) and isinstance(value, str):
        (hue, full), (other_hue, other_full) = hs_of(wanted), hs_of(value)
        turn = abs(hue - other_hue) % 360
        return abs(full - other_full) <= 20 and (min(turn, 360 - turn) <= 15 or full < 10)
    return str(wanted).casefold() == str(value).casefold()


def answers(command: DeviceCommand, report: Report, before: Value) -> bool:
    """Whether the report says that the device did, or is doing, what the command asks."""
    wanted, value = command.value, report.value
    if command.trait != report.trait:
        return command.trait == "Level" and wanted == 0 and report.trait == "OnOff" and value is False
    if value is not None and near(command.trait, wanted, value):
        return True
    if report.moving:
        return report.moving == _direction(wanted, before)
    if not (isinstance(value, int | float) and isinstance(before, int | float) and isinstance(wanted, int | float)):
        # A lamp has its own idea of a colour: one that it did not show before is its answer.
        return command.trait == "Color" and value is not None and value != before
    if isinstance(wanted, bool):
        return False
    return value != before and abs(wanted - value) < abs(wanted - before)


def _direction(wanted: Value, before: Value) -> int:
    if isinstance(wanted, str):
        return _DIRECTED.get(wanted, 1)
    if not isinstance(wanted, int | float):
        return 0
    middle = before if isinstance(before, int | float) else 50
    return 1 if wanted > middle or wanted == 100 else -1

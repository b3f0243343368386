"""What a skill can be told of as it happens: these events, and no others. Speech and pictures are not among them."""

from typing import Final

from hub.core.events import (
    AvailabilityChanged,
    CommandDone,
    CommandFailed,
    GestureMade,
    HomeChanged,
    PresenceChanged,
    StateChanged,
    WakeHeard,
)

SkillEvent = (
    StateChanged | AvailabilityChanged | CommandDone | CommandFailed | PresenceChanged | GestureMade | WakeHeard
    | HomeChanged
)  # fmt: skip

TOLD: Final[dict[str, type[SkillEvent]]] = {
    kind.__name__: kind
    for kind in (
        StateChanged, AvailabilityChanged, CommandDone, CommandFailed, PresenceChanged, GestureMade, WakeHeard,
        HomeChanged,
    )
}  # fmt: skip
"""By the names that an `events` grant's `only` uses."""

__all__ = [
    "TOLD",
    "AvailabilityChanged",
    "CommandDone",
    "CommandFailed",
    "GestureMade",
    "HomeChanged",
    "PresenceChanged",
    "SkillEvent",
    "StateChanged",
    "WakeHeard",
]

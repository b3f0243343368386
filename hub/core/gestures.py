"""What gestures are for: what each is for by itself, and what settings make of it."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal, get_args

from msgspec import Struct

from hub.core.settings import GestureName, GestureSettings

Does = Literal["", "stop", "yes", "no", "raise", "lower", "select", "nothing"]
NAMES: Final[tuple[str, ...]] = get_args(GestureName)
"""Every gesture and motion."""
DEFAULTS: Final[Mapping[str, Does]] = {
    "open_palm": "stop",
    "thumb_up": "yes",
    "thumb_down": "no",
    "raise": "raise",
    "lower": "lower",
    "point": "select",
}
"""What gestures are for where `[[gesture]]` says nothing; all others are for nothing."""


class Use(Struct, frozen=True):
    """What one gesture is for: one of `does`, or a sentence."""

    does: Does = "nothing"
    say: str = ""


def uses(settings: Iterable[GestureSettings] = ()) -> dict[str, Use]:
    """What each gesture is for: what `settings` say, else the default."""
    found = {name: Use(does) for name, does in DEFAULTS.items()}
    for gesture in settings:
        found[gesture.name] = Use("nothing", gesture.say) if gesture.say else Use(gesture.does or "nothing")
    return found

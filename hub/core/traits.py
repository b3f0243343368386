"""Traits: what an entity can do, a dozen of them instead of a class per device type.

A trait gives its value's type, range and unit, and which commands it takes. `TRAITS` is the one table; the docs'
table is generated from it.
"""

import re
from collections.abc import Callable
from typing import Annotated, Any, Final

from msgspec import Meta, Struct

from hub.core.errors import ValueRefusedError
from hub.core.events import Value

COLOURS: Final = {
    "white": "#ffffff", "warm white": "#ffe4c4", "red": "#ff0000", "green": "#00ff00", "blue": "#0000ff",
    "yellow": "#ffff00", "orange": "#ff8000", "purple": "#8000ff", "violet": "#8f00ff", "pink": "#ff69b4",
    "turquoise": "#40e0d0", "cyan": "#00ffff", "magenta": "#ff00ff", "lime": "#bfff00", "gold": "#ffd700",
    "lavender": "#e6e6fa", "teal": "#008080", "brown": "#8b4513",
}  # fmt: skip
"""The colours that people name, as #rrggbb."""


class TraitConfig(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How one entity's trait differs from the trait's defaults: its range, unit, options, and what it measures."""

    min: Annotated[float | None, Meta(description="the least that it takes")] = None
    max: Annotated[float | None, Meta(description="the most that it takes")] = None
    step: Annotated[float | None, Meta(description="from one value to the next")] = None
    unit: Annotated[str, Meta(description="the unit of what is measured")] = ""
    options: Annotated[tuple[str, ...], Meta(description="the values of a Mode")] = ()
    measures: Annotated[
        str, Meta(description="`temperature`, `humidity`, `power`... of a Measure; `motion`, `occupancy` of a Presence")
    ] = ""


PLAIN_CONFIG: Final = TraitConfig()


class Trait(Struct, frozen=True):
    """One trait. `commands` says in words what may be sent to it; empty means it can only be read."""

    name: str
    type: str
    doc: str
    parse: Callable[[Any, TraitConfig], Value]
    unit: str = ""
    min: float | None = None
    max: float | None = None
    commands: str = ""


def _refuse(trait: str, raw: object, wanted: str) -> ValueRefusedError:
    return ValueRefusedError(f"{trait} cannot be {str(raw)[:60]!r}", remedy=f"give {wanted}")


def _boolean(name: str, true: frozenset[str], false: frozenset[str]) -> Callable[[Any, TraitConfig], Value]:
    def parse(raw: Any, _config: TraitConfig) -> Value:
        if isinstance(raw, bool):
            return raw
        word = str(raw).strip().lower()
        if word in true:
            return True
        if word in false:
            return False
        raise _refuse(name, raw, f"{'/'.join(sorted(true))} or {'/'.join(sorted(false))}")

    return parse


def _number(name: str, low: float | None, high: float | None, whole: bool) -> Callable[[Any, TraitConfig], Value]:
    def parse(raw: Any, config: TraitConfig) -> Value:
        bottom = config.min if config.min is not None else low
        top = config.max if config.max is not None else high
        wanted = f"a number{'' if bottom is None else f' from {bottom:g}'}{'' if top is None else f' to {top:g}'}"
        try:
            number = float(str(raw).strip().removesuffix("%"))
        except ValueError:
            raise _refuse(name, raw, wanted) from None
        outside = (bottom is not None and number < bottom) or (top is not None and number > top)
        if isinstance(raw, bool) or number != number or abs(number) == float("inf") or outside:
            raise _refuse(name, raw, wanted)
        return round(number) if whole else number

    return parse


def _choice(name: str, options: tuple[str, ...]) -> Callable[[Any, TraitConfig], Value]:
    def parse(raw: Any, config: TraitConfig) -> Value:
        allowed = config.options or options
        word = str(raw).strip()
        for option in allowed:
            if option.lower() == word.lower():
                return option
        if not allowed and word and len(word) <= 200:
            return word
        raise _refuse(name, raw, f"one of {', '.join(allowed)}")

    return parse


def _colour(raw: Any, _config: TraitConfig) -> Value:
    word = str(raw).strip().lower()
    word = COLOURS.get(word, word)
    if re.fullmatch(r"#[0-9a-f]{6}", word):
        return word
    raise _refuse("Color", raw, "a colour's name or #rrggbb")


_ON, _OFF = frozenset({"on", "true", "1"}), frozenset({"off", "false", "0"})
_YES, _NO = frozenset({"open", "true", "on", "1"}), frozenset({"closed", "false", "off", "0"})
LOCK_STATES: Final = ("locked", "unlocked", "locking", "unlocking", "jammed")
MEDIA_STATES: Final = ("playing", "paused", "stopped", "next", "previous", "idle", "off")

_ALL = (
    Trait("OnOff", "bool", "Is it on?", _boolean("OnOff", _ON, _OFF), commands="true, false"),
    Trait("Level", "int", "Brightness, fan speed or volume.", _number("Level", 0, 100, True), "%", 0, 100, "0 to 100"),
    Trait("Color", "str", "The colour of a light, #rrggbb.", _colour, commands="#rrggbb or a colour's name"),
    Trait("ColorTemperature", "int", "How warm white light is.", _number("ColorTemperature", 1000, 12000, True),
          "K", 1000, 12000, "kelvin"),
    Trait("Position", "int", "How far open: 0 is closed, 100 is open.", _number("Position", 0, 100, True),
          "%", 0, 100, "0 to 100"),
    Trait("Setpoint", "float", "The temperature to reach.", _number("Setpoint", 5, 35, False),
          "°C", 5, 35, "degrees"),
    Trait("Mode", "str", "What it is doing, of the options that it offers.", _choice("Mode", ()),
          commands="one of the entity's options"),
    Trait("Lock", "str", "Locked or not; moving between the two or jammed on the way.", _choice("Lock", LOCK_STATES),
          commands="locked, unlocked"),
    Trait("Media", "str", "What a player is doing.", _choice("Media", MEDIA_STATES),
          commands="playing, paused, stopped, next, previous"),
    Trait("Press", "str", "Something that is set off: a scene, a button.", _choice("Press", ("pressed",)),
          commands="pressed"),
    Trait("Measure", "float", "A measured number, in the entity's own unit.", _number("Measure", None, None, False)),
    Trait("Contact", "bool", "Is the door or window open?", _boolean("Contact", _YES, _NO)),
    Trait("Presence", "bool", "Is somebody or some motion there?", _boolean("Presence", _ON, _OFF)),
    Trait("Text", "str", "A line of text that a device reports.", _choice("Text", ())),
)  # fmt: skip

TRAITS: Final[dict[str, Trait]] = {trait.name: trait for trait in _ALL}


def parse_value(trait: str, raw: Any, config: TraitConfig = PLAIN_CONFIG) -> Value:
    """`raw` (text or a JSON value) as a value of `trait`.

    Raises `ValueRefusedError` when the trait is unknown or the value does not fit its type and range.
    """
    known = TRAITS.get(trait)
    if known is None:
        raise ValueRefusedError(f"there is no trait {trait!r}", remedy=f"traits are {', '.join(TRAITS)}")
    return known.parse(raw, config)

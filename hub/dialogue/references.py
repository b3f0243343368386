"""What phrases of the language mean, before it is known which home they are said in: references, places, values."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from hub.core.entities import Entity
from hub.dialogue.walk import Capture

POINTED: Final = "pointed"
"""The value of the words for "it" that go with a pointing hand: "that", "this one"."""


class Place(Struct, frozen=True):
    """Where: areas by id, a floor by its name in the home, or the speaker's own area."""

    areas: tuple[str, ...] = ()
    floor: str = ""
    here: bool = False


class Selector(Struct, frozen=True):
    """A generic noun: things of `kind`, of one of `classes` when given. `noun` is the word, `many` its number."""

    kind: str
    classes: tuple[str, ...] = ()
    many: bool = False
    noun: str = ""

    def selects(self, entity: Entity) -> bool:
        """Whether people may call `entity` this."""
        return entity.kind == self.kind and (not self.classes or entity.device_class in self.classes)


class Named(Struct, frozen=True):
    """An entity by one of its names; `short` when its area was left out of the name."""

    entity: str
    short: bool = False


class Reference(Struct, frozen=True, kw_only=True):
    """One noun phrase: what it names, or which things of a kind, where, and how many of them.

    `it` is what was spoken of, `that` what is pointed at: alone, or to tell which of those that were named is meant.
    """

    named: tuple[Named, ...] = ()
    selectors: tuple[Selector, ...] = ()
    place: Place | None = None
    bare: bool = False  # only a place was said: "the kitchen"
    every: bool = False
    everything: bool = False
    it: bool = False
    that: bool = False


def make_place(captures: tuple[Capture, ...], _set: Mapping[str, Any]) -> Place | None:
    """ "in the kitchen", "upstairs", "here"."""
    areas: list[str] = []
    floor, here = "", False
    for capture in captures:
        if capture.slot == "area":
            areas.extend(capture.value)
        elif capture.slot in ("floor", "floor_adverb"):
            floor = capture.value
        elif capture.slot == "here":
            here = True
    return Place(tuple(areas), floor, here) if areas or floor or here else None


def make_area(captures: tuple[Capture, ...], _set: Mapping[str, Any]) -> Place | None:
    """ "the kitchen", as a thing that was named."""
    return Place(areas=tuple(captures[0].value)) if captures else None


def make_reference(captures: tuple[Capture, ...], _set: Mapping[str, Any]) -> Reference | None:
    """ "the kitchen light", "all lights upstairs", "everything", "it", "that light over there"."""
    said = {capture.slot: capture.value for capture in captures}
    place: Place | None = said.get("place")
    if "area" in said:
        place = Place(areas=said["area"])
    floor = said.get("floor") or said.get("floor_adverb")
    if floor:
        place = Place(floor=floor)
    bare = "area_only" in said
    if bare:
        place = Place(areas=said["area_only"])
    selectors: tuple[Selector, ...] = said.get("kind", ())
    if "area_kind" in said:
        areas, selectors = said["area_kind"]
        place = Place(areas=areas)
    return Reference(
        named=said.get("name", ()),
        selectors=selectors,
        place=place,
        bare=bare,
        every="all" in said,
        everything="everything" in said,
        it="it" in said,
        that="that" in said or "there" in said or said.get("it") == POINTED,
    )


def make_target(captures: tuple[Capture, ...], _set: Mapping[str, Any]) -> tuple[Reference, ...] | None:
    """ "the lamp and the fan"."""
    return tuple(capture.value for capture in captures) or None


def make_percent(captures: tuple[Capture, ...], _set: Mapping[str, Any]) -> int | None:
    """0 to 100."""
    return int(captures[0].value) if captures else None


def make_temperature(captures: tuple[Capture, ...], set_: Mapping[str, Any]) -> float | None:
    """Degrees, in the home's unit."""
    said = {capture.slot: capture.value for capture in captures}
    if "degrees" not in said:
        return None
    degrees = said["degrees"] + said.get("tenths", 0) / 10 + set_.get("plus", 0)
    return round(float(degrees * set_.get("sign", 1)), 3)


def make_duration(captures: tuple[Capture, ...], set_: Mapping[str, Any]) -> float | None:
    """Seconds; nothing is no duration."""
    said = {capture.slot: capture.value for capture in captures}
    seconds = said.get("hours", 0) * 3600 + said.get("minutes", 0) * 60 + said.get("seconds", 0) + set_.get("plus", 0)
    return float(seconds) if seconds > 0 else None


def make_time(captures: tuple[Capture, ...], set_: Mapping[str, Any]) -> str | None:
    """ "HH:MM" on the 24 hour clock; without a word for the half of the day as it was said."""
    said = {capture.slot: capture.value for capture in captures}
    hour = said.get("hour", 0)
    minutes = said.get("clock_digits", hour * 60)
    minutes += said.get("minute", 0) - said.get("minute_before", 0) + set_.get("plus", 0)
    if "pm" in said and minutes < 12 * 60:
        minutes += 12 * 60
    elif "am" in said and hour == 12 and 12 * 60 <= minutes < 13 * 60:
        minutes -= 12 * 60
    minutes %= 24 * 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def make_color(captures: tuple[Capture, ...], _set: Mapping[str, Any]) -> str | None:
    """A colour's name as in `hub.core.traits.COLOURS`."""
    return str(captures[0].value) if captures else None


MAKERS = {
    "place": make_place,
    "area_phrase": make_area,
    "one": make_reference,
    "target": make_target,
    "percent": make_percent,
    "temperature": make_temperature,
    "duration": make_duration,
    "time": make_time,
}
"""What each phrase of a language file makes."""

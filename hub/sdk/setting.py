"""Settings of a skill: what the household may choose, as its manifest describes it ([[setting]])."""

import math
from collections.abc import Iterable, Mapping
from typing import Annotated

from msgspec import Meta, Struct

from hub.core.errors import ManifestError, ValueRefusedError

Value = bool | int | float | str
MOST_CHARACTERS = 500


class SkillSetting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One setting: `label` in words for people, and the `default`, which also says of what kind it is: yes or no, a
    whole number, a number, a text. `options` are all that a text may be, `min` and `max` bound a number.
    """

    name: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    label: str
    default: Value
    options: tuple[str, ...] = ()
    min: float | None = None
    max: float | None = None

    def checked(self, value: object) -> Value:
        """The value, as the setting's kind. Raises `ValueRefusedError` with what may be chosen."""
        if isinstance(self.default, bool) or isinstance(value, bool):
            if isinstance(self.default, bool) and isinstance(value, bool):
                return value
        elif isinstance(self.default, str):
            if isinstance(value, str) and len(value) <= MOST_CHARACTERS and (not self.options or value in self.options):
                return value
        elif isinstance(value, int | float) and math.isfinite(value):
            fits = (self.min is None or value >= self.min) and (self.max is None or value <= self.max)
            if fits and isinstance(self.default, float):
                return float(value)
            if fits and value == int(value):
                return int(value)
        raise ValueRefusedError(f"{self.name} cannot be {str(value)[:80]!r}", remedy=f"choose {self._may_be()}")

    def _may_be(self) -> str:
        if isinstance(self.default, bool):
            return "yes or no"
        if isinstance(self.default, str):
            return f"one of {', '.join(self.options)}" if self.options else f"a text of {MOST_CHARACTERS} characters"
        least = "" if self.min is None else f" from {self.min:g}"
        most = "" if self.max is None else f" up to {self.max:g}"
        return f"a {'' if isinstance(self.default, float) else 'whole '}number{least}{most}"


def check_settings(settings: Iterable[SkillSetting], place: str) -> None:
    """Raises `ManifestError` naming `place` for two of one name, and for a default that could not be chosen."""
    names: set[str] = set()
    for setting in settings:
        if setting.name in names:
            raise ManifestError(f"two settings are named {setting.name}", place=place, remedy="rename one")
        names.add(setting.name)
        if setting.options and not isinstance(setting.default, str):
            raise ManifestError(f"{setting.name} has options, and is no text", place=place, remedy="give it a text")
        try:
            setting.checked(setting.default)
        except ValueRefusedError as error:
            raise ManifestError(f"its default: {error.message}", place=place, remedy=error.remedy) from error


def chosen_or_default(settings: Iterable[SkillSetting], chosen: Mapping[str, object]) -> dict[str, Value]:
    """Every setting's value: what was chosen where that still fits, else its default."""
    values: dict[str, Value] = {}
    for setting in settings:
        try:
            values[setting.name] = setting.checked(chosen.get(setting.name, setting.default))
        except ValueRefusedError:
            values[setting.name] = setting.default
    return values

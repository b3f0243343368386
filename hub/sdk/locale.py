"""A skill's words in one language: the sentences it understands and the replies it gives (locale/en.yaml).

Sentences are hassil templates. Besides the lists that the file brings, these slots are known everywhere and filled
from the home: `{target}` (things to act on, by name, kind, area, floor or "it"), `{area}`, `{person}`, `{percent}`,
`{number}`, `{temperature}`, `{duration}`, `{time}`, `{color}`, `{kind}`. `{target}` is a whole noun phrase, article and
place included ("all of the lights in the kitchen"); `<in_area>` is a place said elsewhere in the sentence ("turn the
lights off <in_area>") and fills the slot `area`.
"""

from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from hub.core.errors import ManifestError
from hub.sdk.file_mistakes import Unreadable, mistaken, unreadable
from hub.sdk.safe_yaml import load_yaml

_MAX_BYTES = 1024 * 1024


class TargetFilter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `{target}` may stand for in an intent: entities of these kinds, having all these traits.

    `everywhere`: a kind said without a place ("which lights are on") means the whole home, not the speaker's area.
    """

    kinds: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    device_classes: tuple[str, ...] = ()
    everywhere: bool = False


class IntentWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one intent is said. `slots` are set when this intent matches, whatever was said.

    `typed` are further sentences that are understood, but that no recogniser listens for: they are said so rarely that
    listening for them costs more commands than it wins.
    """

    sentences: tuple[str, ...]
    typed: tuple[str, ...] = ()
    target: TargetFilter = TargetFilter()
    slots: dict[str, Any] = field(default_factory=dict)
    examples: tuple[str, ...] = ()


class Locale(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One language of one skill.

    `lists` maps a slot to its values: spoken form -> value. `expansions` are pieces of sentences used as `<name>`.
    `replies` are Jinja templates, rendered in a sandbox.
    """

    language: str
    intents: dict[str, IntentWords] = field(default_factory=dict)
    lists: dict[str, dict[str, bool | int | float | str]] = field(default_factory=dict)
    expansions: dict[str, str] = field(default_factory=dict)
    replies: dict[str, str] = field(default_factory=dict)


class SkillWords(Struct, frozen=True, kw_only=True):
    """All that the dialogue needs to know of one skill."""

    skill: str
    locales: dict[str, Locale]


def read_locale(path: Path) -> Locale:
    """The checked locale file at `path`; raises `ManifestError` naming the file and the field."""
    try:
        data = path.read_bytes()
    except OSError as error:
        missing = f"write it, or take {path.stem!r} out of languages in skill.toml"
        raise unreadable(error, path, missing) from error
    return parse_locale(data, str(path))


def parse_locale(data: bytes, place: str) -> Locale:
    """The checked locale that `data` is, wherever it comes from; raises `ManifestError` naming `place`."""
    if len(data) > _MAX_BYTES:
        raise ManifestError("larger than 1 MiB", place=place, remedy="split the skill")
    try:
        return msgspec.convert(load_yaml(data.decode("utf-8"), place), Locale)
    except Unreadable as error:
        raise mistaken(error, data, place, Locale, "see docs/skills.md, The words") from error

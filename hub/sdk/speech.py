"""How replies put names, numbers and times into words: the filters that every reply template may use.

`{{ names | the | listing }}`, `{{ names | choice }}`, `{{ text | sentence }}`, `{{ seconds | duration }}`,
`{{ "07:30" | clock }}`, `{{ "2026-11-20" | date }}`, `{{ 21.5 | number }}`, `{{ done | things }}` and
`{{ failed | troubles }}` (of `hub.sdk.summary`). What differs between languages stands in
words/<language>.toml.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from msgspec import Struct, convert

_WORDS = Path(__file__).parent / "words"
_DONE_NAMED = 2  # more things than this that did what they were told are counted, not named
_FAILED_NAMED = 5  # what failed must be found again, so more of it is named


class Words(Struct, frozen=True, forbid_unknown_fields=True, rename={"conjunction": "and", "alternative": "or"}):
    """words/<language>.toml. Pairs are singular and plural."""

    conjunction: str
    alternative: str
    decimal: str
    determiners: tuple[str, ...]
    article: str
    possessive: str
    in_room: str
    be: tuple[str, str]
    plurals: tuple[str, ...]
    clock: dict[str, Any]
    date: dict[str, Any]
    units: dict[str, tuple[str, str]]
    kinds: dict[str, tuple[str, str]]
    trouble: dict[str, tuple[str, str]]


@lru_cache(maxsize=16)
def words(language: str) -> Words:
    """The words of `language`, or the English ones when there is no file for it."""
    path = _WORDS / f"{language}.toml"
    if not language.isalpha() or not path.is_file():
        path = _WORDS / "en.toml"
    return convert(tomllib.loads(path.read_text("utf-8")), Words)


def speech_filters(language: str) -> dict[str, Callable[..., Any]]:
    """The filters of one language, by the name that templates call them by."""
    known = words(language)
    plain: dict[str, Callable[..., Any]] = {
        "the": the,
        "listing": listing,
        "choice": choice,
        "sentence": sentence,
        "number": number,
        "duration": duration,
        "clock": clock,
        "date": day,
        "things": things,
        "troubles": troubles,
        "be": be,
    }
    return {name: partial(function, known) for name, function in plain.items()}


def the(known: Words, names: str | Iterable[str]) -> Any:
    """A name (or each of several) with its article, unless it brings one or belongs to somebody."""
    if not isinstance(names, str):
        return [the(known, name) for name in names]
    lower = names.lower()
    owned = bool(known.possessive) and known.possessive in lower
    return names if owned or lower.startswith(known.determiners) else known.article + names


def listing(known: Words, items: Iterable[Any]) -> str:
    """["a", "b", "c"] as "a, b and c"."""
    return _joined(items, known.conjunction)


def choice(known: Words, items: Iterable[Any]) -> str:
    """["a", "b", "c"] as "a, b or c"."""
    return _joined(items, known.alternative)


def sentence(_: Words, text: Any) -> str:
    """A text with a capital at its beginning and a mark at its end."""
    said = str(text).strip()
    return said if not said else said[0].upper() + said[1:] + ("" if said[-1] in ".!?" else ".")


def number(known: Words, value: float) -> str:
    """A number with at most one decimal: 21 for 21.0, 21.5 (21,5 in German) for 21.52."""
    text = f"{value:.1f}".removesuffix(".0")
    return ("0" if text == "-0" else text).replace(".", known.decimal)


def duration(known: Words, seconds: float) -> str:
    """Seconds as "1 hour and 20 minutes"; above an hour whole minutes are exact enough."""
    rest = round(seconds)
    if rest >= 3600:
        rest = round(rest / 60) * 60
    parts = []
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(_counted(known.units[unit], count))
    return listing(known, parts or [_counted(known.units["second"], 0)])


def clock(known: Words, value: str | datetime | time) -> str:
    """A time of day ("07:30", an ISO date and time, or the object) as people say it."""
    if isinstance(value, str):
        value = time.fromisoformat(value) if len(value) <= 8 else datetime.fromisoformat(value)
    pattern = known.clock["minutes" if value.minute else "full_hour"]
    half = known.clock["halves"][value.hour // 12]
    return str(pattern.format(hour=value.hour, hour12=value.hour % 12 or 12, minute=value.minute, half=half))


def day(known: Words, value: str | date) -> str:
    """A date (ISO text or the object) as "Friday, November 20"."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    names = known.date
    month, weekday = names["months"][value.month - 1], names["weekdays"][value.weekday()]
    return str(names["full"].format(weekday=weekday, month=month, day=value.day))


def be(known: Words, items: Iterable[Mapping[str, str]]) -> str:
    """The verb for things ({"name"}): "is" for one, "are" for several, or for one whose name is a plural: "blinds"."""
    names = [item["name"].casefold() for item in items]
    return known.be[len(names) != 1 or names[0].endswith(known.plurals)]


def things(known: Words, items: Iterable[Mapping[str, str]], named: int = _DONE_NAMED) -> str:
    """Things ({"name", "kind"}) by name when they are at most `named`, else counted: "5 lights"."""
    found = list(items)
    if len(found) <= named:
        return listing(known, the(known, [item["name"] for item in found]))
    kinds = {item["kind"] for item in found}
    kind = kinds.pop() if len(kinds) == 1 else "other"
    return _counted(known.kinds.get(kind, known.kinds["other"]), len(found))


def troubles(known: Words, items: Iterable[Mapping[str, str]]) -> str:
    """A sentence for each way that things ({"name", "kind", "code"}) failed: "The lamp did not answer."."""
    by_code: dict[str, list[Mapping[str, str]]] = {}
    for item in items:
        code = item["code"] if item["code"] in known.trouble else "command_failed"
        by_code.setdefault(code, []).append(item)
    sentences = []
    for code, failed in by_code.items():
        text = known.trouble[code][len(failed) > 1].format(names=things(known, failed, _FAILED_NAMED))
        sentences.append(text[0].upper() + text[1:])
    return " ".join(sentences)


def _joined(items: Iterable[Any], word: str) -> str:
    texts = [str(item) for item in items]
    return f"{', '.join(texts[:-1])} {word} {texts[-1]}" if len(texts) > 1 else "".join(texts)


def _counted(forms: tuple[str, str], count: int) -> str:
    return f"{count} {forms[count != 1]}"

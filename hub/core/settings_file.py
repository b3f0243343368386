"""Reading hearth.toml: every mistake named with file, line and remedy; what is sound is still used."""

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from hub.core.entities import Area, Person, split_id
from hub.core.errors import HearthError, SettingsError
from hub.core.settings import EntitySettings, Settings
from hub.core.traits import TRAITS

_HEADER = re.compile(r"^\s*\[{1,2}\s*([A-Za-z0-9_.\-]+)\s*\]{1,2}")
_TOP_KEY = re.compile(r"^\s*[\"']?([A-Za-z0-9_]+)[\"']?\s*[=.]", re.MULTILINE)
_MAX_BYTES = 4 * 1024 * 1024


class LoadedSettings(Struct, frozen=True):
    """What a hearth.toml says, and what is wrong with it.

    `said` are the keys that stand in it, as `table.field`; lists of tables, and tables that are broken, by name.
    """

    settings: Settings
    problems: tuple[SettingsError, ...] = ()
    said: frozenset[str] = frozenset()


class _Fragment(Struct, frozen=True):
    """One table of the file: its header's name, the 1-based line it starts on, its text."""

    name: str
    line: int
    text: str


def load_settings(path: Path) -> LoadedSettings:
    """Read the file at `path` (a missing one gives the defaults), leaving out the tables that are broken.

    Every table that cannot be used is a `SettingsError` in `problems`; the rest counts. Raises `SettingsError` only
    when the file cannot be read at all.
    """
    if not path.exists():
        return LoadedSettings(Settings())
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")  # some editors begin every file with a mark
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(str(error), place=str(path), remedy="make it a readable UTF-8 text file") from error
    if len(raw) > _MAX_BYTES:
        raise SettingsError("larger than 4 MiB", place=str(path), remedy="remove what does not belong there")
    return parse_settings(text, str(path))


def parse_settings(text: str, place: str = "hearth.toml") -> LoadedSettings:
    """`load_settings` for text; `place` is the file name that errors show."""
    problems: list[SettingsError] = []
    fragments = _split(text)
    written = frozenset(name for fragment in fragments for name in _tables_in(fragment))
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        fragments = [f for f in fragments if _parses(f, place, problems)]
    document: dict[str, Any] = {}
    for name, group in _by_table(fragments).items():
        _read_table(name, group, place, document, problems)
    settings = msgspec.convert(document, Settings)
    said = _said(document) | (written - document.keys())
    return LoadedSettings(_cross_check(settings, fragments, place, problems), tuple(problems), said)


def _tables_in(fragment: _Fragment) -> list[str]:
    """The tables that a fragment is about, though it may not parse."""
    if fragment.name:
        return [fragment.name.partition(".")[0]]
    return _TOP_KEY.findall(fragment.text)


def _said(document: dict[str, Any]) -> frozenset[str]:
    """`table.field` for all that stands in the tables, and the names of lists and of plain values."""
    return frozenset(
        key
        for name, value in document.items()
        for key in ([f"{name}.{field}" for field in value] if isinstance(value, dict) else [name])
    )


def _split(text: str) -> list[_Fragment]:
    fragments: list[_Fragment] = []
    name, start, lines = "", 1, list[str]()
    multiline = ""
    for number, line in enumerate(text.splitlines(), 1):
        header = None if multiline else _HEADER.match(line)
        if header is not None:
            fragments.append(_Fragment(name, start, "\n".join(lines)))
            name, start, lines = header[1], number, []
        lines.append(line)
        for quote in ('"""', "'''"):
            if line.count(quote) % 2 and multiline in ("", quote):
                multiline = "" if multiline else quote
    fragments.append(_Fragment(name, start, "\n".join(lines)))
    return fragments


def _parses(fragment: _Fragment, place: str, problems: list[SettingsError]) -> bool:
    try:
        tomllib.loads(fragment.text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"^(.*?) \(at line (\d+)", str(error))
        line = fragment.line + (int(found[2]) - 1 if found else max(0, len(fragment.text.splitlines()) - 1))
        message = found[1] if found else str(error)
        remedy = "mend the line; until then this table is left out"
        problems.append(SettingsError(message, place=f"{place}:{line}", remedy=remedy))
        return False
    return True


def _by_table(fragments: list[_Fragment]) -> dict[str, list[list[_Fragment]]]:
    """Fragments by top-level name; a `[[table]]` opens a new group, a `[table.sub]` joins the last."""
    tables: dict[str, list[list[_Fragment]]] = {}
    for fragment in fragments:
        top = fragment.name.partition(".")[0]
        groups = tables.setdefault(top, [])
        if groups and fragment.name != top:
            groups[-1].append(fragment)
        elif fragment.text.strip():
            groups.append([fragment])
    return tables


def _read_table(
    name: str,
    groups: list[list[_Fragment]],
    place: str,
    document: dict[str, Any],
    problems: list[SettingsError],
) -> None:
    fields = {f.name: f for f in msgspec.structs.fields(Settings)}
    for group in groups:
        try:
            parsed = tomllib.loads("\n".join(f.text for f in group))
        except tomllib.TOMLDecodeError as error:
            problems.append(SettingsError(str(error), place=f"{place}:{group[0].line}", remedy="mend this table"))
            continue
        for key, value in parsed.items():
            line = group[0].line if name else _line_of(group, key)
            if key not in fields:
                remedy = _did_you_mean(key, list(fields))
                problems.append(SettingsError(f"there is no table {key!r}", place=f"{place}:{line}", remedy=remedy))
                continue
            try:
                msgspec.convert(value, fields[key].type)
            except msgspec.ValidationError as error:
                problems.append(_explain(str(error), group, place, line, fields[key].type))
                continue
            if isinstance(value, list):
                document.setdefault(key, []).extend(value)
            else:
                document[key] = value


def _line_of(group: list[_Fragment], key: str) -> int:
    for fragment in group:
        for offset, line in enumerate(fragment.text.splitlines()):
            if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", line):
                return fragment.line + offset
    return group[0].line


def _explain(message: str, group: list[_Fragment], place: str, line: int, kind: Any) -> SettingsError:
    """A validation error with the line of the key that it speaks of."""
    unknown = re.search(r"unknown field `([^`]+)`", message)
    path = re.search(r" - at `\$(.*)`$", message)
    keys = re.findall(r"\.([A-Za-z0-9_]+)", path[1]) if path else []
    key = unknown[1] if unknown else (keys[-1] if keys else "")
    remedy = "see the settings schema in docs/settings.md"
    if unknown:
        remedy = _did_you_mean(key, _field_names(kind))
    text = re.sub(r" - at `\$.*`$", "", message) + (f" for {'.'.join(keys)}" if keys and not unknown else "")
    at = _line_of(group, key) if key else line
    return SettingsError(text, place=f"{place}:{at}", remedy=remedy)


def _field_names(kind: Any) -> list[str]:
    info = msgspec.inspect.type_info(kind)
    inner = getattr(info, "item_type", info)
    return [f.name for f in getattr(inner, "fields", ())]


def _did_you_mean(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, 1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known are {', '.join(known)}" if known else "there is none yet: define it"


def _cross_check(settings: Settings, fragments: list[_Fragment], place: str, problems: list[SettingsError]) -> Settings:
    """Leave out duplicates and what points nowhere; say so."""
    areas: dict[str, Area] = {}
    people: dict[str, Person] = {}
    entities: dict[str, EntitySettings] = {}

    def line(table: str, thing: str) -> str:
        found = (_value_line(f, "id", thing) for f in fragments if f.name == table)
        lines = [n for n in found if n]
        return f"{place}:{lines[-1] if lines else 1}"

    def refuse(table: str, thing: str, message: str, remedy: str) -> None:
        problems.append(SettingsError(message, place=line(table, thing), remedy=remedy))

    for area in settings.area:
        if area.id in areas:
            refuse("area", area.id, f"area {area.id!r} stands twice", "remove one of the two")
        areas.setdefault(area.id, area)
    for person in settings.person:
        people.setdefault(person.id, person)
    for entity in settings.entity:
        wrong = _what_is_wrong(entity, entities, areas)
        if wrong is None:
            entities[entity.id] = entity
        else:
            refuse("entity", entity.id, *wrong)
    return msgspec.structs.replace(
        settings, area=tuple(areas.values()), person=tuple(people.values()), entity=tuple(entities.values())
    )


def _what_is_wrong(
    entity: EntitySettings, before: Mapping[str, EntitySettings], areas: Mapping[str, Area]
) -> tuple[str, str] | None:
    """Why an entity is left out, and what mends it; None when it is sound."""
    try:
        split_id(entity.id)
    except HearthError as error:
        return error.message, error.remedy
    unknown = [t for t in entity.traits if t not in TRAITS]
    if entity.id in before:
        return f"{entity.id} stands twice", "remove one of the two"
    if unknown:
        return f"{entity.id} has no such trait {unknown[0]!r}", _did_you_mean(unknown[0], list(TRAITS))
    if entity.area and entity.area not in areas:
        return f"{entity.id} is in unknown area {entity.area!r}", _did_you_mean(entity.area, list(areas))
    return None


def _value_line(fragment: _Fragment, key: str, value: str) -> int:
    for offset, line in enumerate(fragment.text.splitlines()):
        if re.match(rf"\s*{key}\s*=\s*[\"']{re.escape(value)}[\"']", line):
            return fragment.line + offset
    return 0

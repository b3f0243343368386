"""What is wrong with a file that an author wrote: in one line, with the file's line and what mends it."""

import difflib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

from hub.core.errors import ManifestError

Unreadable = (UnicodeDecodeError, RecursionError, tomllib.TOMLDecodeError, yaml.YAMLError, msgspec.ValidationError)
_KEY = r"""^\s*(?:-\s+)?["']?{}["']?\s*[=:]|^\s*\[+\s*{}\s*\]"""


def unreadable(error: OSError, path: Path, missing: str) -> ManifestError:
    """The file cannot be opened; `missing` says what mends it where it is not there."""
    if isinstance(error, FileNotFoundError):
        return ManifestError("there is no such file", place=str(path), remedy=missing)
    return ManifestError(f"it cannot be read: {error.strerror}", place=str(path), remedy="make it a readable file")


def mistaken(error: Exception, data: bytes, place: str, kind: type[Any], remedy: str) -> ManifestError:
    """The file `data` is not what `kind` describes, as one of `Unreadable` says."""
    text = data.decode("utf-8", "replace")
    message = " ".join(str(error).split())
    line = 0
    if isinstance(error, tomllib.TOMLDecodeError):
        at = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", message)
        if at is not None:
            message, line = message[: at.start()], int(at[1] or len(text.splitlines()))
    elif isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        message, line = f"this is no YAML: {error.problem}", error.problem_mark.line + 1
    elif isinstance(error, msgspec.ValidationError):
        unknown = re.search(r"unknown field `([^`]+)`", message)
        path = re.findall(r"\.([A-Za-z0-9_]+)", message.partition(" - at `$")[2])
        key = unknown[1] if unknown else path[-1] if path else ""
        line = _line_of(text, key) if key else 0
        if unknown:
            message = f"there is no field {key!r}"
            near = difflib.get_close_matches(key, sorted(set(_fields(msgspec.inspect.type_info(kind)))), 1)
            remedy = f"did you mean {near[0]!r}?" if near else remedy
    return ManifestError(message, place=f"{place}:{line}" if line else place, remedy=remedy)


def _line_of(text: str, key: str) -> int:
    """The first line that sets `key` or is headed by it, 0 when there is none."""
    found = re.compile(_KEY.format(re.escape(key), re.escape(key)))
    return next((number for number, line in enumerate(text.splitlines(), 1) if found.search(line)), 0)


def _fields(info: Any) -> Iterator[str]:
    """The names of all fields of a struct, and of the structs in it."""
    for field in getattr(info, "fields", ()):
        yield field.encode_name
        yield from _fields(field.type)
    for inner in ("item_type", "value_type"):
        if hasattr(info, inner):
            yield from _fields(getattr(info, inner))

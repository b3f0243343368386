"""Everything that the home keeps about its household as one ZIP of JSON, without what opens doors."""

import asyncio
import re
import tempfile
import zipfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import msgspec

from hub.core.errors import StoreError
from hub.core.hidden_passwords import without_passwords

if TYPE_CHECKING:
    from hub.store.database import Database

_SECRET: Final = re.compile(
    r"passw|passphrase|secret|token|credential|api_?key|private|^key$|^code$|^pin$", re.IGNORECASE
)
LEFT_OUT: Final = "(left out: a secret)"
_README: Final = """\
What this home keeps about its household, as JSON. Times are UTC seconds since 1970.

home.json         rooms, people and things as they are now
settings.json     hearth.toml and what was set in the app
kept.json         accounts, sessions, timers, what skills keep, what people changed and placed
states.jsonl      past states, one a line
events.jsonl      what was said, seen and done
commands.jsonl    commands and how they ended
connections.jsonl the connections that the hub made

Passwords, keys, tokens and the sealed examples that the hub learns from are not in it. Sound and pictures are not kept.
"""


async def exported(folder: Path, database: "Database", home: Any, settings: Any) -> IO[bytes]:
    """The ZIP as an open file without a name, in `folder`, at its beginning. `home` and `settings` are structs.

    Raises `StoreError`.
    """
    from hub.store.exported import LONG, rows, small

    try:
        file = await asyncio.to_thread(_nameless, folder)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("README.txt", _README)
            archive.writestr("home.json", _json(home))
            archive.writestr("settings.json", _json(settings))
            archive.writestr("kept.json", _json(await small(database)))
            for kind in LONG:
                with archive.open(f"{kind}.jsonl", "w", force_zip64=True) as member:
                    async for some in rows(database, kind):
                        text = b"".join(msgspec.json.encode(without_secrets(row)) + b"\n" for row in some)
                        await asyncio.to_thread(member.write, text)
    except OSError as error:
        message = f"the export cannot be written: {error.strerror or error}"
        raise StoreError(message, place=str(folder), remedy="is the disk full?") from error
    file.seek(0)
    return file


def _nameless(folder: Path) -> IO[bytes]:
    return tempfile.TemporaryFile(dir=folder)


def _json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(without_secrets(msgspec.to_builtins(value))), indent=1)


def without_secrets(value: Any, name: str = "") -> Any:
    """JSON data without what is called like a secret, and without the passwords in an address."""
    if _SECRET.search(name) and value not in ("", None, False, True):
        return LEFT_OUT
    if isinstance(value, dict):
        called = _row_name(value)
        return {each: without_secrets(inner, called.get(each, str(each))) for each, inner in value.items()}
    if isinstance(value, list | tuple):
        return [without_secrets(inner, name) for inner in value]
    return without_passwords(value) if isinstance(value, str) else value


def _row_name(row: dict[Any, Any]) -> dict[Any, str]:
    """What a row's value goes by, where the row itself says what it is called."""
    for name, value in (("key", "value"), ("id", "data")):
        if isinstance(row.get(name), str) and value in row:
            return {name: "", value: row[name]}
    return {}

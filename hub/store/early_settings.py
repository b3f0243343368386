"""The settings made in the app, read before the store is open: what loads for seconds need not wait for it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import msgspec

_PATIENCE_S: Final = 0.5


def early_settings(path: Path) -> dict[str, Any] | None:
    """The settings in the SQLite database at `path` as plain JSON values by key: none where there is no such file yet.

    None where they cannot be read so (a damaged, an older or a busy database): `Database.open` then sees to it.
    Blocking, for milliseconds. The store's own libraries are not imported for it.
    """
    if not path.exists():
        return {}
    # Not read only: whoever closes such a database last removes its journal, and must be able to.
    there = f"{path.absolute().as_uri()}?mode=rw"
    try:
        with closing(sqlite3.connect(there, uri=True, timeout=_PATIENCE_S)) as database:
            rows = database.execute("SELECT id, data FROM home_objects WHERE kind = 'setting'").fetchall()
        return {key: msgspec.json.decode(data) for key, data in rows}
    except (sqlite3.Error, OSError, msgspec.DecodeError, TypeError):
        return None

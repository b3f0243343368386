"""Bringing a database to the schema of this version."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from hub.core.errors import StoreError
from hub.store.schema import HEAD

_SCRIPTS = Path(__file__).parent / "migrations"


def revision_of(connection: Connection) -> str:
    """The revision that the database is at, empty for a new one."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def upgrade(connection: Connection, place: str) -> None:
    """Run the migrations that are missing, inside the caller's transaction.

    Raises `StoreError` when the database was made by a newer version.
    """
    # Alembic costs 0.3 s to import, and nearly every start finds the database up to date.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    found = revision_of(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found and found not in known:
        raise StoreError(
            f"the database is at revision {found}, which this version of Hearth does not know",
            place=place,
            remedy="it was written by a newer version: update Hearth, or restore a backup from before",
        )
    command.upgrade(config, HEAD)

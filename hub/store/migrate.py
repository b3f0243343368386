"""Bringing a database to the schema of this version."""

from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert, inspect, select

from hub.core.errors import StoreError
from hub.store.schema import HEAD, metadata

_SCRIPTS = Path(__file__).parent / "migrations"
_version = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""Alembic's own table, as Alembic makes it."""


def revision_of(connection: Connection) -> str:
    """The revision that the database is at, empty for a new one."""
    if not inspect(connection).has_table(_version.name):
        return ""
    return str(connection.execute(select(_version.c.version_num)).scalar() or "")


def bring_to_head(connection: Connection, place: str) -> None:
    """Make the tables of a new database, or run the migrations that an older one lacks, in the caller's transaction.

    Raises `StoreError` when the database was made by a newer version.
    """
    found = revision_of(connection)
    if found == HEAD:
        return
    # Alembic costs 0.1 s and 9 MB to import. A new file is given what all migrations together come to: a test holds
    # the two to be the same, statement by statement.
    if not found and connection.dialect.name == "sqlite" and not inspect(connection).get_table_names():
        create(connection)
    else:
        upgrade(connection, place)


def create(connection: Connection) -> None:
    """Make every table as this version wants it, in an empty database."""
    metadata.create_all(connection, checkfirst=False)
    _version.create(connection)
    connection.execute(insert(_version).values(version_num=HEAD))


def upgrade(connection: Connection, place: str) -> None:
    """Run the migrations that are missing, inside the caller's transaction.

    Raises `StoreError` when the database was made by a newer version.
    """
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

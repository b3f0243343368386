"""The tables, as SQLAlchemy Core knows them. Migrations bring a database here; a test holds the two together.

Times are UTC milliseconds since 1970 where they stand alone. History carries none: an event's id holds its
millisecond, which is what keeps a row of history under 60 bytes on disk.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

HEAD: Final = "0003"
"""The newest migration: what a database made by this version has reached."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite makes only a column typed INTEGER the row's own key; its integers are 64-bit anyway.
Id = BigInteger().with_variant(Integer(), "sqlite")


def _by(column: str, table: str) -> tuple[Index, Index]:
    # For "of this column, in the order of ids". SQLite ends every index entry with the row's key, which is the id;
    # naming it once more would cost nine bytes a row.
    return (
        Index(f"ix_{table}_{column}", column).ddl_if(dialect="sqlite"),
        Index(f"ix_{table}_{column}_id", column, "id").ddl_if(dialect="postgresql"),
    )


home_objects = Table(
    "home_objects",
    metadata,
    Column("kind", Text, primary_key=True),  # area, person, entity, override, setting, placement, usage, device
    Column("id", Text, primary_key=True),
    Column("data", Text, nullable=False),  # JSON
    Column("changed", BigInteger, nullable=False),
)

plugin_data = Table(
    "plugin_data",
    metadata,
    Column("plugin", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),  # JSON
)

timers = Table(
    "timers",
    metadata,
    Column("skill", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("due", Double, nullable=False, index=True),  # UTC seconds
    Column("data", Text, nullable=False),  # JSON of hub.sdk.context.StoredTimer
)

commands = Table(
    "commands",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("entity", Text, nullable=False),
    Column("data", Text, nullable=False),  # JSON of the event that said it last
    Column("ended", BigInteger),  # None while it is under way
    Column("code", Text, nullable=False),  # of its failure
    Column("reason", Text, nullable=False),
    Index("ix_commands_ended", "ended"),
)

ledger = Table(
    "ledger",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False, index=True),
    Column("who", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("bytes_out", BigInteger, nullable=False),
    Column("bytes_in", BigInteger, nullable=False),
    Column("why", Text, nullable=False),
)

examples = Table(
    "examples",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # hub.learning.examples, under the key of hub.learning.sealing
    Index("ix_examples_kind_at", "kind", "at"),
)

heads = Table(
    "heads",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # hub.learning.federated.kept_heads
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False),  # the name as it is compared: "Ann" and "ann" are one
    Column("role", Text, nullable=False),
    Column("password", Text, nullable=False),  # argon2id, with its salt and parameters
    Column("created", BigInteger, nullable=False),
    UniqueConstraint("key"),
)

credentials = Table(
    "credentials",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # session, token, device
    Column("account", Text, nullable=False, index=True),
    Column("secret", Text, nullable=False),  # SHA-256 of it: what the database knows opens nothing
    Column("name", Text, nullable=False),
    Column("scope", Text, nullable=False),  # of a token
    Column("created", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False),
    UniqueConstraint("secret"),
)
"""What is shown instead of a password: a browser's session, a program's token, a device that was let in before."""

series = Table(
    "series",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("entity", Text, nullable=False),
    Column("trait", Text, nullable=False),
    UniqueConstraint("entity", "trait"),
)

origins = Table(
    "origins",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("hub", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("source", Text, nullable=False),
    UniqueConstraint("hub", "area", "source"),
)

states = Table(
    "states",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),  # the event's
    Column("series", Integer, nullable=False),
    Column("form", SmallInteger, nullable=False),  # hub.store.values.Form
    Column("number", Double),
    Column("text", Text),
    Column("lag", BigInteger),  # ms between the id's moment and the event's own, where they differ
    Column("origin", Integer),
    Column("causes", LargeBinary),
    *_by("series", "states"),
)

latest = Table(
    "latest",
    metadata,
    Column("series", Integer, primary_key=True, autoincrement=False),
    Column("id", BigInteger, nullable=False),
    Column("form", SmallInteger, nullable=False),
    Column("number", Double),
    Column("text", Text),
    Column("lag", BigInteger),
    Column("origin", Integer),
    Column("causes", LargeBinary),
)
"""The last state of every series: what a restart begins with, however long ago it was."""

events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("type", Text, nullable=False),
    Column("lag", BigInteger),
    Column("origin", Integer),
    Column("causes", LargeBinary),
    Column("payload", Text, nullable=False),  # JSON of the event's own fields
    *_by("type", "events"),
)

"""The first floor: the home, plugins' data, timers, commands, the ledger, and the history of states and events."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _home()
    _ledgers()
    _history()


def _home() -> None:
    op.create_table(
        "home_objects",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name="pk_home_objects"),
    )
    op.create_table(
        "plugin_data",
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("plugin", "key", name="pk_plugin_data"),
    )
    op.create_table(
        "timers",
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("due", sa.Double(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("skill", "id", name="pk_timers"),
    )
    op.create_index("ix_timers_due", "timers", ["due"])


def _ledgers() -> None:
    op.create_table(
        "commands",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("ended", sa.BigInteger()),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_commands"),
    )
    op.create_index("ix_commands_ended", "commands", ["ended"])
    op.create_table(
        "ledger",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("bytes_out", sa.BigInteger(), nullable=False),
        sa.Column("bytes_in", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger"),
    )
    op.create_index("ix_ledger_at", "ledger", ["at"])


def _history() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("trait", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
        sa.UniqueConstraint("entity", "trait", name="uq_series_entity_trait"),
    )
    op.create_table(
        "origins",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_origins"),
        sa.UniqueConstraint("hub", "area", "source", name="uq_origins_hub_area_source"),
    )
    op.create_table(
        "states",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        *_value_columns(),
        sa.PrimaryKeyConstraint("id", name="pk_states"),
    )
    _index_by("series", "states")
    op.create_table(
        "latest",
        sa.Column("series", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        *_value_columns(),
        sa.PrimaryKeyConstraint("series", name="pk_latest"),
    )
    op.create_table(
        "events",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("lag", sa.BigInteger()),
        sa.Column("origin", sa.Integer()),
        sa.Column("causes", sa.LargeBinary()),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    _index_by("type", "events")


def _value_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("form", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.Double()),
        sa.Column("text", sa.Text()),
        sa.Column("lag", sa.BigInteger()),
        sa.Column("origin", sa.Integer()),
        sa.Column("causes", sa.LargeBinary()),
    ]


def _index_by(column: str, table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.create_index(f"ix_{table}_{column}", table, [column])  # the row's key, the id, follows by itself
    else:
        op.create_index(f"ix_{table}_{column}_id", table, [column, "id"])

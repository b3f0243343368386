"""Inserts that find the row already there, said the same way to both databases."""

from typing import TYPE_CHECKING

from sqlalchemy import Table

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


def insert_missing(table: Table, dialect: str) -> "postgresql.Insert | sqlite.Insert":
    """Insert rows, leaving alone those whose key is there: writing a batch a second time is harmless."""
    return _insert(table, dialect).on_conflict_do_nothing()


def insert_or_replace(table: Table, dialect: str) -> "postgresql.Insert | sqlite.Insert":
    """Insert rows, the new values winning over a row of the same key."""
    statement = _insert(table, dialect)
    keys = [column.name for column in table.primary_key]
    fresh = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=fresh)


def _insert(table: Table, dialect: str) -> "postgresql.Insert | sqlite.Insert":
    # Only the dialect in use is imported: PostgreSQL's costs 40 ms of every start.
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)

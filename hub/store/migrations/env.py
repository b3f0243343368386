"""Run by Alembic: brings the connection that `hub.store.migrate` hands over to the wanted revision."""

from alembic import context

from hub.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
    transactional_ddl=True,  # both databases can, since BEGIN is ours: a migration happens whole or not at all
)
with context.begin_transaction():
    context.run_migrations()

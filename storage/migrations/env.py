"""What Alembic runs: on the connection, and against the tables, that `storage/migrate.py` hands over."""

from alembic import context

from storage.migrate import render

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=attributes["metadata"],
    render_as_batch=True,
    render_item=render,
    transactional_ddl=True,
)
context.run_migrations()

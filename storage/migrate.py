"""Brings a database to the tables of this version, and makes new migrations.

For developers, after a change of tables (all tables are those of `akta.bootstrap.metadata`):

    python -m storage.migrate new "What changed"     a further migration
    python -m storage.migrate first                  the first one anew, while no installation exists
"""

import argparse
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import JSON, Connection, MetaData, inspect, select, table, text
from sqlalchemy.sql import column

from storage import append_only, schema
from storage.base import Fixed, Names, UtcDateTime
from storage.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent / "migrations"
ALL_TABLES = "akta.bootstrap:metadata"
_LOCK = 0x616B7461
"""Number of the advisory lock under which PostgreSQL is migrated: "akta"."""


class TooNew(RuntimeError):
    """The database was migrated by a later version of Akta than this one."""


def newest(folder: Path = FOLDER) -> str:
    """The number of the last migration; empty if there is none.

    Read from the file names: loading Alembic and every migration would make each start slower.
    """
    numbers = [found.group() for path in (folder / "versions").glob("*.py") if (found := re.match(r"\d{4}", path.name))]
    return max(numbers, default="")


def applied(database: Database) -> str:
    """The number of the last migration the database has; empty if it has none."""
    with database.view_across_tenants() as session:
        return _applied(session.connection())


def pending(database: Database, folder: Path = FOLDER) -> bool:
    """Whether `upgrade` has something to do.

    Raises:
        TooNew: the database is ahead of this version.
    """
    has, wants = applied(database), newest(folder)
    if has > wants:
        raise TooNew(f"the database is at migration {has}, this version of Akta knows {wants}")
    return has < wants


def upgrade(database: Database, folder: Path = FOLDER) -> bool:
    """Bring the database to this version's tables, all or nothing; one process at a time. Whether it did anything.

    Raises:
        TooNew: the database is ahead of this version.
    """
    if not pending(database, folder):
        return False
    from alembic import command

    with _alone(database) as connection:
        if _applied(connection) >= newest(folder):
            return False
        command.upgrade(_config(connection, folder=folder), "head")
    return True


def downgrade(database: Database, revision: str) -> None:
    """Take migrations back, down to `revision` ("base": all of them and all data)."""
    from alembic import command

    with _alone(database) as connection:
        command.downgrade(_config(connection), revision)


def differences(database: Database, metadata: MetaData) -> list[Any]:
    """What a migration would have to change so that the database has exactly these tables."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def new(message: str, metadata: MetaData, folder: Path = FOLDER) -> Path:
    """Write a migration from the tables as migrated so far to `metadata`; read it before you commit it."""
    from alembic import command

    with tempfile.TemporaryDirectory() as scratch:
        database = Database(f"sqlite:///{scratch}/scratch.db")
        try:
            with _alone(database) as connection:
                config = _config(connection, metadata, folder)
                command.upgrade(config, "head")
                number = f"{int(newest(folder) or 0) + 1:04}"
                command.revision(config, message, autogenerate=True, rev_id=number)
        finally:
            database.close()
    (written,) = (folder / "versions").glob(f"{number}_*.py")
    _guard(written, metadata)
    _tidy(written)
    return written


def render(kind: str, item: object, context: Any) -> str | Literal[False]:
    """How our column types are written in a migration: as what they are in the database now."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Names):
        return "sa.Text()"
    if kind == "type" and isinstance(item, Fixed):
        return f'sa.Numeric(18, {item.places}).with_variant(sa.BigInteger(), "sqlite")'
    if kind == "type" and isinstance(item, JSON):
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def _applied(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    found = connection.scalar(select(column("version_num")).select_from(table("alembic_version")))
    return str(found or "")


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    """One transaction that nobody else can migrate beside.

    SQLite rebuilds tables when it alters them, which needs foreign keys switched off; they are checked at the end.
    """
    with database.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        if database.embedded and raw is not None:
            raw.cursor().execute("pragma foreign_keys = off")
        try:
            with connection.begin():
                if not database.embedded:
                    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
                yield connection
                if database.embedded and (broken := connection.execute(text("pragma foreign_key_check")).all()):
                    raise RuntimeError(f"a migration broke references: {broken[:5]}")
        finally:
            if database.embedded and raw is not None:
                raw.cursor().execute("pragma foreign_keys = on")


def _config(connection: Connection, metadata: MetaData | None = None, folder: Path = FOLDER) -> "Config":
    from alembic.config import Config

    config = Config(attributes={"connection": connection, "metadata": metadata or schema.metadata()})
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _guard(written: Path, metadata: MetaData) -> None:
    """Have the tables that this migration creates guarded, where they are only added to."""
    source = written.read_text()
    made = [name for name in append_only.names(metadata) if re.search(f"create_table\\(\\s*.{name}.,", source)]
    head, down, rest = source.partition("\n\ndef downgrade")
    written.write_text(f"{head}{append_only.script(made)}{down}{rest}")


def _tidy(written: Path) -> None:
    """Without the generator's remarks, and formatted like all code where the formatter is installed."""
    lines = written.read_text().splitlines(keepends=True)
    written.write_text("".join(line for line in lines if not line.lstrip().startswith("# ###")))
    if ruff := shutil.which("ruff"):
        subprocess.run([ruff, "format", "--quiet", str(written)], check=True)  # noqa: S603


def _tables_of(name: str) -> MetaData:
    module, _, attribute = name.partition(":")
    found = getattr(import_module(module), attribute)
    metadata: MetaData = found() if callable(found) else found
    return metadata


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m storage.migrate", description="Make migrations.")
    parser.add_argument("--tables", default=ALL_TABLES, help="where all tables are: module:name (default %(default)s)")
    commands = parser.add_subparsers(dest="command", required=True)
    further = commands.add_parser("new", help="write a migration for what changed in the tables")
    further.add_argument("message", help="what it changes, as a short sentence")
    commands.add_parser("first", help="remove all migrations and write the first one anew")
    chosen = parser.parse_args(arguments)
    metadata = _tables_of(chosen.tables)
    if chosen.command == "first":
        for path in (FOLDER / "versions").glob("[0-9]*.py"):
            path.unlink()
    written = new("The tables" if chosen.command == "first" else chosen.message, metadata)
    print(written)  # noqa: T201 - the command's answer


if __name__ == "__main__":
    main()

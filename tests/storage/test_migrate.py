"""Migrations build exactly the tables the code declares, on both databases."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, MetaData, String, inspect, select, text

from storage import migrate
from storage.database import Database
from storage.people import Person
from storage.tenants import Tenant
from tests import conftest, services


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_databases(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Two databases without any table."""
    if request.param == "sqlite":
        found = [Database(f"sqlite:///{tmp_path}/{name}.db") for name in ("one", "two")]
        yield found
        for database in found:
            database.close()
        return
    server: services.Postgres = request.getfixturevalue("postgres")
    names = [server.create(), server.create()]
    found = [Database(server.url(name)) for name in names]
    yield found
    for name, database in zip(names, found, strict=True):
        database.close()
        server.drop(name)


@pytest.fixture
def empty(empty_databases: list[Database]) -> Database:
    return empty_databases[0]


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """A copy of the migrations, to add further ones to."""
    return Path(shutil.copytree(migrate.FOLDER, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__")))


def _add(folder: Path, body: str) -> None:
    before = migrate.newest(folder)
    number = f"{int(before) + 1:04}"
    source = f"import sqlalchemy as sa\nfrom alembic import op\nrevision = {number!r}\ndown_revision = {before!r}\n"
    (folder / "versions" / f"{number}_test.py").write_text(f"{source}\ndef upgrade():\n    {body}\n")


def _described(database: Database) -> dict[str, Any]:
    """All a database says of its tables, in no particular order of constraints."""
    inspector = inspect(database.engine)
    described: dict[str, Any] = {}
    for name in inspector.get_table_names():
        if name == "alembic_version":
            continue
        described[name] = {
            "columns": [{**column, "type": repr(column["type"])} for column in inspector.get_columns(name)],
            "primary": inspector.get_pk_constraint(name),
            "foreign": _sorted(inspector.get_foreign_keys(name)),
            "unique": _sorted(inspector.get_unique_constraints(name)),
            "checks": _sorted(inspector.get_check_constraints(name)),
            "indexes": _sorted(inspector.get_indexes(name)),
        }
    return described


def _sorted(items: Any) -> list[str]:
    return sorted(repr(_plain(item)) for item in items)


def _plain(value: Any) -> Any:
    return {key: _plain(value[key]) for key in sorted(value)} if isinstance(value, dict) else str(value)


def test_migrations_build_what_the_code_declares(empty_databases: list[Database]) -> None:
    migrated, declared = empty_databases
    assert migrate.upgrade(migrated)
    conftest.all_tables().create_all(declared.engine)
    assert migrate.differences(migrated, conftest.all_tables()) == []
    assert _described(migrated) == _described(declared)


def test_an_up_to_date_database_is_left_alone(empty: Database) -> None:
    assert migrate.applied(empty) == ""
    assert migrate.pending(empty)
    assert migrate.upgrade(empty)
    assert migrate.applied(empty) == migrate.newest() != ""
    assert not migrate.pending(empty)
    assert not migrate.upgrade(empty)


def test_the_way_back_leaves_nothing_and_can_be_gone_again(empty: Database) -> None:
    migrate.upgrade(empty)
    migrate.downgrade(empty, "base")
    assert set(inspect(empty.engine).get_table_names()) == {"alembic_version"}
    assert migrate.upgrade(empty)


def test_two_processes_may_migrate_at_once(empty_databases: list[Database]) -> None:
    first = empty_databases[0]
    second = Database(first.url)
    with ThreadPoolExecutor(2) as pool:
        did = list(pool.map(migrate.upgrade, (first, second)))
    second.close()
    assert sorted(did) == [False, True]


def test_a_later_database_is_refused(empty: Database, later: Path) -> None:
    _add(later, "op.add_column('tenants', sa.Column('more', sa.String(5)))")
    migrate.upgrade(empty, later)
    with pytest.raises(migrate.TooNew):
        migrate.upgrade(empty)


def test_a_migration_that_fails_leaves_the_database_as_it_was(empty: Database, later: Path) -> None:
    migrate.upgrade(empty)
    before = _described(empty)
    _add(later, "op.add_column('tenants', sa.Column('more', sa.String(5)))\n    op.drop_table('no_such_table')")
    with pytest.raises(Exception, match="no_such_table"):
        migrate.upgrade(empty, later)
    assert _described(empty) == before
    assert migrate.applied(empty) == migrate.newest()


def test_altering_a_table_others_refer_to_keeps_all_rows(empty: Database, later: Path) -> None:
    migrate.upgrade(empty)
    row = conftest.add_tenant(empty, "UKA", "Tepelná Ukázka s.r.o.")
    with empty.across_tenants() as session:
        session.add(Person(tenant_id=row.id, name="Minta Ügyfél"))
    rebuild = "with op.batch_alter_table('tenants') as batch:\n        batch.alter_column('name', type_=sa.String(300))"
    _add(later, rebuild)
    assert migrate.upgrade(empty, later)
    with empty.view_across_tenants() as session:
        assert session.scalars(select(Tenant.id)).all() == [row.id]
        assert session.scalars(select(Person.tenant_id)).all() == [row.id]
    with empty.engine.connect() as connection:
        assert empty.embedded is False or connection.execute(text("pragma foreign_keys")).scalar() == 1


def test_a_new_migration_is_written_from_what_changed(later: Path, empty: Database) -> None:
    changed = MetaData(naming_convention=conftest.all_tables().naming_convention)
    for table in conftest.all_tables().tables.values():
        table.to_metadata(changed)
    changed.tables["tenants"].append_column(Column("more", String(5)))
    written = migrate.new("Keep more of a utility", changed, later)
    assert written.name == f"{int(migrate.newest()) + 1:04}_keep_more_of_a_utility.py"
    assert "batch_op.add_column(sa.Column('more'" in written.read_text().replace('"', "'")
    migrate.upgrade(empty, later)
    assert migrate.differences(empty, changed) == []

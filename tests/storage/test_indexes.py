"""Every reference between tables can be followed both ways without reading a whole table."""

from collections.abc import Iterator

from sqlalchemy import Column, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table, UniqueConstraint

from tests.conftest import all_tables

TENANT = "tenant_id"


def test_every_foreign_key_has_an_index() -> None:
    """The tenant itself needs none: it leads the indexes by which its tables are read."""
    bare = [
        f"{table.name}.{column.name}"
        for table in all_tables().sorted_tables
        for key in table.constraints
        if isinstance(key, ForeignKeyConstraint)
        for column in key.columns
        if column.name != TENANT and column not in set(_led(table))
    ]
    assert bare == []


def _led(table: Table) -> Iterator[Column[object]]:
    """The columns that lead an index of all rows, alone or after the tenant."""
    whole = (index for index in table.indexes if _is_whole(index))
    keys = (key for key in table.constraints if isinstance(key, UniqueConstraint | PrimaryKeyConstraint))
    for each in (*whole, *keys):
        yield next(column for column in each.columns if column.name != TENANT)


def _is_whole(index: Index) -> bool:
    return all(where is None for name, where in index.dialect_kwargs.items() if name.endswith("_where"))

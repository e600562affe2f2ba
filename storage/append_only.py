"""Tables whose rows are only added: the database itself refuses to change or remove one."""

from collections.abc import Iterable
from textwrap import wrap

from sqlalchemy import MetaData

APPEND_ONLY = "append_only"
"""Key in a table's `info` that asks for the guard."""

_SQLITE = (
    "create trigger {name}_no_{verb} before {verb} on {name} "
    "begin select raise(abort, 'rows of {name} are only added'); end"
)
_FUNCTION = (
    "create or replace function akta_only_added() returns trigger language plpgsql as "
    "$$ begin raise exception 'rows of % are only added', tg_table_name; end $$"
)
_POSTGRESQL = (
    "create trigger {name}_only_added before update or delete on {name} for each row execute function akta_only_added()"
)


def names(metadata: MetaData) -> list[str]:
    """The guarded tables."""
    return sorted(table.name for table in metadata.tables.values() if table.info.get(APPEND_ONLY))


def statements(tables: Iterable[str]) -> dict[str, list[str]]:
    """The statements that guard these tables, by the name of the database's dialect."""
    wanted = list(tables)
    return {
        "sqlite": [_SQLITE.format(name=name, verb=verb) for name in wanted for verb in ("update", "delete")],
        "postgresql": [_FUNCTION, *(_POSTGRESQL.format(name=name) for name in wanted)] if wanted else [],
    }


def script(tables: Iterable[str]) -> str:
    """The lines of a migration that guard these tables; nothing for none."""
    lines = []
    for dialect, each in statements(tables).items():
        if each:
            lines.append(f'    if op.get_bind().dialect.name == "{dialect}":\n')
            lines.extend(f"        op.execute(\n{_wrapped(statement)}        )\n" for statement in each)
    return "".join(lines)


def _wrapped(statement: str) -> str:
    return "".join(f"            {part!r}\n" for part in wrap(statement, 90, drop_whitespace=False))

"""An installation as a folder: rows and objects of one point in time, checked on the way out and on the way in."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Column, Connection, MetaData, Table, exists, insert, select
from sqlalchemy.types import TypeDecorator

from akta.errors import Conflict, Invalid
from akta.languages import N_
from storage import migrate
from storage.database import Database
from storage.documents import DocumentRow
from storage.files import FileMissing, Files
from storage.unit_of_work import READING

FORMAT = 1
MANIFEST = "manifest.json"
_AT_ONCE = 500
"""Rows read or written together."""
_AS_LINE = orjson.OPT_APPEND_NEWLINE | orjson.OPT_SORT_KEYS
"""Keys in order: the same rows are the same bytes, whichever database they come from."""


class NotWhole(Invalid):
    """A backup that was broken off, or changed since."""

    title = N_("This backup is not whole.")


class NotEmpty(Conflict):
    """A backup is written to an empty folder, and restored into an empty installation only."""

    title = N_("There is something here already.")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `tables`: count of rows and hash of the file, by table. Sizes in bytes.

    `missing`: object keys the rows name and the store did not have, or had with other content.
    """

    format: int
    migration: str
    taken_at: str
    tables: Mapping[str, tuple[int, str]]
    objects: int
    size: int
    missing: Sequence[str]


def write(database: Database, files: Files, metadata: MetaData, folder: Path, now: datetime) -> Manifest:
    """Copy every row, as they all were at one moment, and every object those rows name, to an empty folder.

    People go on working meanwhile: objects never change, and the manifest is written last, so what was broken off is
    no backup.

    Raises:
        NotEmpty: there is something in the folder.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise NotEmpty(folder.as_posix())
    (folder / "rows").mkdir()
    with _one_moment(database) as connection:
        tables = {str(table.name): _rows_out(connection, table, folder) for table in metadata.sorted_tables}
        copied = [_object_out(files, *row, folder=folder) for row in connection.execute(_objects())]
    manifest = Manifest(
        format=FORMAT,
        migration=migrate.applied(database),
        taken_at=now.isoformat(),
        tables=tables,
        objects=sum(size is not None for _, size in copied),
        size=sum(size or 0 for _, size in copied),
        missing=[key for key, size in copied if size is None],
    )
    (folder / MANIFEST).write_bytes(orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2))
    return manifest


def restore(database: Database, files: Files, metadata: MetaData, folder: Path) -> Manifest:
    """Bring a backup into an installation that has its tables and nothing in them; all rows come in or none.

    Raises:
        NotWhole: the folder is no backup, or one that was broken off or changed.
        Conflict: the backup was taken at another migration.
        NotEmpty: the installation has rows.
    """
    manifest = read(folder)
    if manifest.migration != migrate.applied(database):
        raise Conflict(f"the backup is of migration {manifest.migration}, the database at {migrate.applied(database)}")
    for name, (_, sha256) in manifest.tables.items():
        if name not in metadata.tables or _hash(_rows_file(folder, name)) != sha256:
            raise NotWhole(f"rows/{name}.jsonl")
    with database.across_tenants() as session:
        connection = session.connection()
        for table in metadata.sorted_tables:
            if connection.scalar(select(exists(select(table)))):
                raise NotEmpty(table.name)
        for table in metadata.sorted_tables:
            _rows_in(connection, table, folder)
        with _taken_back(files) as put:
            for key, sha256, media_type in connection.execute(_objects()).all():
                if key not in manifest.missing:
                    put.append(key)
                    _object_in(files, key, sha256, media_type, folder)
    return manifest


def read(folder: Path) -> Manifest:
    """What a backup says it holds.

    Raises:
        NotWhole: the folder is no backup, or it was broken off.
    """
    try:
        found = json.loads((folder / MANIFEST).read_bytes())
        found["tables"] = {name: (int(count), str(sha256)) for name, (count, sha256) in found["tables"].items()}
        manifest = Manifest(**found)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotWhole(MANIFEST) from error
    if manifest.format != FORMAT:
        raise NotWhole(f"format {manifest.format}")
    return manifest


@contextmanager
def _one_moment(database: Database) -> Iterator[Connection]:
    """A connection that sees the rows as they are now, whatever is committed meanwhile."""
    options: dict[str, Any] = {READING: True}
    if not database.embedded:
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with database.engine.connect().execution_options(**options) as connection:
        yield connection


@contextmanager
def _taken_back(files: Files) -> Iterator[list[str]]:
    """The keys of objects that are put; they are removed again where something fails."""
    put: list[str] = []
    try:
        yield put
    except BaseException:
        for key in put:
            files.delete(key)
        raise


def _objects() -> Any:
    return select(DocumentRow.object_key, DocumentRow.sha256, DocumentRow.media_type).order_by(DocumentRow.object_key)


def _rows_file(folder: Path, table: str) -> Path:
    return folder / "rows" / f"{table}.jsonl"


def _rows_out(connection: Connection, table: Table, folder: Path) -> tuple[int, str]:
    """Write a table's rows, one a line, in the order of their keys; their count and the file's hash."""
    count, path = 0, _rows_file(folder, table.name)
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(select(table).order_by(*table.primary_key))
    with path.open("wb") as file:
        for row in rows:
            file.write(orjson.dumps([_plain(value) for value in row], option=_AS_LINE))
            count += 1
    return count, _hash(path)


def _rows_in(connection: Connection, table: Table, folder: Path) -> None:
    columns = list(table.columns)
    with _rows_file(folder, table.name).open("rb") as file:
        while lines := list(islice(file, _AT_ONCE)):
            values = [
                {column.name: _typed(column, value) for column, value in zip(columns, orjson.loads(line), strict=True)}
                for line in lines
            ]
            connection.execute(insert(table), values)


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value) if isinstance(value, Decimal) else value


def _typed(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    type_ = column.type
    kind = (type_.impl_instance if isinstance(type_, TypeDecorator) else type_).python_type
    if kind is bytes:
        return base64.b64decode(value)
    if kind in (datetime, date):
        return kind.fromisoformat(value)
    return kind(value) if kind in (UUID, Decimal) else value


def _object_out(files: Files, key: str, sha256: str, _media_type: str, *, folder: Path) -> tuple[str, int | None]:
    """Copy an object; its key and size, the size None where the store has not got what the row says."""
    path = folder / "objects" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    try:
        with files.get(key) as chunks, path.open("wb") as target:
            for chunk in chunks:
                digest.update(chunk)
                target.write(chunk)
    except FileMissing:
        return key, None
    if digest.hexdigest() != sha256:
        path.unlink()
        return key, None
    return key, path.stat().st_size


def _object_in(files: Files, key: str, sha256: str, media_type: str, folder: Path) -> None:
    path = folder / "objects" / key
    if not path.is_file() or _hash(path) != sha256:
        raise NotWhole(f"objects/{key}")
    with path.open("rb") as content:
        files.put(key, content, media_type)


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise NotWhole(path.name) from error

"""Bodies with files in them, streamed into the store: the one place of the HTTP floor that is async for its own sake.

A `def` route would get the body parsed already, files and all. Here each file goes through `documents.uploads.receive`
while it arrives, in a thread, with a few chunks under way at most.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qsl

import anyio
import anyio.from_thread
import anyio.to_thread
from starlette.requests import ClientDisconnect, Request

from akta.errors import Invalid, TooOften
from akta.languages import N_
from akta.subjects import Kind
from api import csrf
from api.csrf import ForgedRequest
from api.multipart import Field, FileBegins, FileChunk, FileEnds, PartReader, Unreadable
from api.security import TooMuch
from api.visits import Visit
from documents import uploads
from documents.uploads import Received
from people import throttle
from people.throttle import Limit

CHUNKS_UNDER_WAY = 4
UPLOADS_AT_ONCE = 16
"""Threads that uploads may hold: slow senders must not take those of all other requests."""
MOST_FIELDS = 1000
HELD = "held_files"
"""Name of the mark on a request whose files are held in memory: the largest, in bytes."""


REFUSED = (uploads.NotAllowed, uploads.Empty, uploads.TooLarge)
"""What may be wrong with a file itself."""


class BrokenOff(Unreadable):
    """The sender went away before the file was whole; nothing of it is kept."""

    title = N_("The upload broke off. Send the file again.")


@dataclass
class Form:
    """A submitted form: every value of every field, as text; of files the ids of the documents they became."""

    values: dict[str, list[str]] = field(default_factory=dict)
    held: dict[str, bytes] = field(default_factory=dict)
    """Contents of files, on the few routes that hold them in memory instead of keeping them (`holds_files`)."""
    refused: dict[str, Invalid] = field(default_factory=dict)
    """Why a file was not taken, by its field: the rest of the form is read all the same, so that it can be drawn
    again with everything that was typed."""

    def get(self, name: str, default: str = "") -> str:
        """The last value of a field."""
        return self.values.get(name, [default])[-1]

    def add(self, name: str, value: str) -> None:
        self.values.setdefault(name, []).append(value)


@dataclass
class _Threads:
    """The room for uploads, made in the event loop that uses it."""

    limiter: anyio.CapacityLimiter | None = None

    def get(self) -> anyio.CapacityLimiter:
        self.limiter = self.limiter or anyio.CapacityLimiter(UPLOADS_AT_ONCE)
        return self.limiter


async def read_form(request: Request, visit: Visit, *, check_token: bool) -> Form:
    """Read a form body. Its `csrf` field comes first: no file is stored before the token was right.

    Raises:
        ForgedRequest: the token is missing or wrong.
        Unreadable: the body is no form, or breaks off.
        TooOften: very many files came from one address, of people without an account.
    """
    content_type = request.headers.get("content-type", "")
    if content_type.lower().startswith("multipart/form-data"):
        return await _read_multipart(request, visit, content_type, check_token)
    form = _urlencoded(await request.body())
    if check_token:
        _check_token(form, visit)
    return form


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored upload that waits to be attached to a case."""

    id: str
    name: str
    media_type: str
    size: int


async def receive_body(request: Request, visit: Visit, name: str, kind: str) -> Kept:
    """Store a body that is one file.

    Raises:
        Invalid: it is too large or of a kind that is not taken (from `documents.uploads`).
    """
    await anyio.to_thread.run_sync(_count, visit)
    pipe = _Pipe(visit, name)
    async with _breaking_off(pipe):
        async for chunk in request.stream():
            await pipe.write(chunk)
    return await pipe.keep(kind)


def _urlencoded(body: bytes) -> Form:
    form = Form()
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="replace")
    except ValueError as broken:
        raise Unreadable("not a form") from broken
    for name, value in pairs:
        form.add(name, value)
    return form


async def _read_multipart(request: Request, visit: Visit, content_type: str, check_token: bool) -> Form:
    held = getattr(request.state, HELD, 0)
    reader, form = PartReader(content_type), Form()
    filling = _Holding(held) if held else _Filling(visit)
    trusted = not check_token
    async with _breaking_off(filling):
        async for chunk in request.stream():
            for part in reader.feed(chunk):
                if isinstance(part, FileBegins) and not trusted:
                    _check_token(form, visit)
                    trusted = True
                await filling.take(part, form)
        reader.finish()
    if not trusted:
        _check_token(form, visit)
    return form


def _check_token(form: Form, visit: Visit) -> None:
    if not visit.takes(form.get(csrf.FIELD)):
        visit.request.state.refused_form = form
        raise ForgedRequest("the form has no valid token")


class _Filling:
    """Turns the parts of a body into a form, one file at a time."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._pipe: _Pipe | None = None
        self._field = ""

    async def take(self, part: Field | FileBegins | FileChunk | FileEnds, form: Form) -> None:
        if isinstance(part, Field):
            form.add(part.name, part.value)
        elif isinstance(part, FileBegins):
            # A file field left empty is sent with an empty name.
            if part.file_name:
                await anyio.to_thread.run_sync(_count, self._visit)
            self._pipe = _Pipe(self._visit, part.file_name) if part.file_name else None
            self._field = part.name
        elif self._pipe is not None:
            try:
                await self._fill(self._pipe, part, form)
            except REFUSED as refusal:
                self._pipe = None
                form.refused[self._field] = refusal

    async def _fill(self, pipe: "_Pipe", part: FileChunk | FileEnds, form: Form) -> None:
        if isinstance(part, FileChunk):
            await pipe.write(part.content)
        else:
            self._pipe = None
            form.add(self._field, (await pipe.keep(self._field)).id)

    async def abort(self) -> None:
        if self._pipe is not None:
            await self._pipe.abort()


class _Holding:
    """The same for files that are read here and now and never stored, such as the archive of a bundle."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._name = ""
        self._content = bytearray()

    async def take(self, part: Field | FileBegins | FileChunk | FileEnds, form: Form) -> None:
        """Raises TooMuch when a file is larger than the limit."""
        match part:
            case Field():
                form.add(part.name, part.value)
            case FileBegins():
                self._name, self._content = part.name, bytearray()
            case FileChunk():
                self._content += part.content
                if len(self._content) > self._limit:
                    raise TooMuch
            case FileEnds():
                form.held[self._name] = bytes(self._content)

    async def abort(self) -> None:
        self._content = bytearray()


class _Pipe:
    """One file on its way into the store."""

    def __init__(self, visit: Visit, name: str) -> None:
        self._visit = visit
        self._name = name
        self._send, self._receive = anyio.create_memory_object_stream[bytes](CHUNKS_UNDER_WAY)
        self._broken = False
        limiter = _threads(visit)
        self._storing = asyncio.create_task(anyio.to_thread.run_sync(self._store, limiter=limiter))

    async def write(self, chunk: bytes) -> None:
        """Hand on a chunk; raises what the store's side raised, when it has given up."""
        if not chunk:
            return
        try:
            await self._send.send(chunk)
        except anyio.BrokenResourceError:
            await self._storing
            raise

    async def keep(self, kind: str) -> Kept:
        """Finish, and write the document's row."""
        await self._send.aclose()
        received = await self._storing
        return await anyio.to_thread.run_sync(self._write_row, received, kind)

    async def abort(self) -> None:
        self._broken = True
        await self._send.aclose()
        with contextlib.suppress(Exception):
            await self._storing

    def _store(self) -> Received:
        try:
            services, zone = self._visit.services, self._visit.language.zone
            return uploads.receive(services.files, self._chunks(), self._name, limit=services.upload_limit, zone=zone)
        finally:
            anyio.from_thread.run_sync(self._receive.close)

    def _chunks(self) -> Iterator[bytes]:
        while True:
            try:
                yield anyio.from_thread.run(self._receive.receive)
            except anyio.EndOfStream:
                break
        if self._broken:
            raise BrokenOff

    def _write_row(self, received: Received, kind: str) -> Kept:
        visit = self._visit
        try:
            with visit.uow.begin() as tx:
                row = uploads.keep(tx, received, kind, visit.upload_key, visit.now, visit.actor)
        except BaseException:
            uploads.drop(visit.services.files, received)
            raise
        return Kept(str(row.id), row.name, row.media_type, row.size)


@contextlib.asynccontextmanager
async def _breaking_off(receiving: _Pipe | _Filling | _Holding) -> AsyncIterator[None]:
    """Whatever goes wrong on the way, no half file stays."""
    try:
        yield
    except ClientDisconnect as gone:
        await receiving.abort()
        raise BrokenOff from gone
    except BaseException:
        await receiving.abort()
        raise


def _count(visit: Visit) -> None:
    """Count a file of somebody without an account by their address.

    Raises:
        TooOften: there were very many within the hour.
    """
    if visit.subject.kind in (Kind.ANONYMOUS, Kind.CASE_LINK):
        limit = Limit("uploads", visit.services.uploads_per_hour, timedelta(hours=1))
        with visit.uow.begin() as tx:
            allowed = throttle.take(tx, limit, visit.address, visit.now)
        if not allowed:
            raise TooOften(after=int(limit.pause.total_seconds()))


def _threads(visit: Visit) -> anyio.CapacityLimiter:
    state = visit.request.app.state
    if not hasattr(state, "upload_threads"):
        state.upload_threads = _Threads()
    found: _Threads = state.upload_threads
    return found.get()

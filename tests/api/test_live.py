"""Live events: what stands, told again when it changes; only to who may see it, and without holding threads."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from akta.clock import SetClock
from akta.errors import NotFound, TooOften
from akta.ids import CaseId, TenantId, new_id
from akta.subjects import Door, Kind, system
from api import streams
from api.streams import Streams, follow
from people import accounts, groups, sessions
from people.passwords import Hasher
from storage.cases import Case
from storage.changes import Changes
from storage.unit_of_work import UnitOfWork
from tests.api.conftest import PASSWORD, NewAccount, Visitor
from workflows import cases

REST = "/api/v1/uka"
MANY = 60
"""More streams than the pool has threads."""


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The application behind a real server: only there does a stream stay open."""
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
        thread = Thread(target=server.run, kwargs={"sockets": [port]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{port.getsockname()[1]}{REST}"
        finally:
            server.should_exit = True
            thread.join()


async def told(lines: AsyncIterator[str]) -> Any:
    """The next thing a stream tells."""
    async for line in lines:
        if line.startswith("data: "):
            return json.loads(line[6:])
    raise AssertionError("the stream has ended")


async def follows(http: httpx2.AsyncClient, url: str, token: str) -> httpx2.Response:
    asked = http.build_request("GET", url, headers={"authorization": f"Bearer {token}"})
    return await http.send(asked, stream=True)


def happen(services: Any, uow: UnitOfWork, case: Case) -> None:
    with uow.begin() as tx:
        cases.note(tx, CaseId(case.id), "noted", system(uow.tenant).acting(Door.CLI), services.clock.now())


@pytest.mark.slow
def test_many_streams_are_told_of_a_change_while_other_requests_are_answered(
    app: FastAPI, services: Any, case: Case, uow: UnitOfWork, hasher: Hasher, new_account: NewAccount,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(streams, "PAUSE", 0.05)
    new_account("clerk", Kind.STAFF, groups.SUPERVISION)
    tokens = [accounts.sign_in(uow, hasher, "clerk", PASSWORD, services.clock.now()).token for _ in range(MANY // 6)]

    async def all_of_it(base: str) -> None:
        limits = httpx2.Limits(max_connections=None)
        async with httpx2.AsyncClient(limits=limits, timeout=20, trust_env=False) as http:
            url = f"{base}/cases/{case.id}/live"
            opened = [await follows(http, url, tokens[number // 6]) for number in range(MANY)]
            assert {answer.status_code for answer in opened} == {200}
            assert (await follows(http, url, tokens[0])).status_code == 429, "one session holds six"
            lines = [answer.aiter_lines() for answer in opened]
            before = {(await told(each))["happened"] for each in lines}
            me = await http.get(f"{base}/me", headers={"authorization": f"Bearer {tokens[0]}"})
            assert me.status_code == 200, "no thread is held"
            await asyncio.to_thread(happen, services, uow, case)
            after = {(await told(each))["happened"] for each in lines}
            assert (len(before), after) == (1, {number + 1 for number in before})
            for answer in opened:
                await answer.aclose()

    with served(app) as base:
        asyncio.run(all_of_it(base))


def test_what_stands_is_told_once_to_who_may_see_it(visitor: Visitor, client: TestClient, case: Case) -> None:
    desk, process_owner, follower = visitor("front-desk"), visitor("process-owners"), visitor("case-link")
    inbox = f"{REST}/live?once=true"
    assert set(desk.get(inbox).json()["counters"]) == {"late", "today", "mine", "groups", "applicant"}
    assert (process_owner.get(inbox).status_code, client.get(inbox).status_code) == (403, 401)
    address = f"{REST}/cases/{case.id}/live?once=true"
    assert desk.get(address).json().keys() == {"happened", "counters"}
    assert follower.get(address).json().keys() == {"happened"}
    assert desk.get(f"{REST}/cases/{uuid4()}/live?once=true").status_code == 404
    assert visitor("customer").get(address).status_code == 404


def test_a_stream_ends_with_the_session_and_keeps_none_alive(visitor: Visitor, services: Any, clock: SetClock) -> None:
    desk = visitor("front-desk")
    for _ in range(3):
        clock.at += sessions.IDLE[Kind.STAFF] / 2 - timedelta(minutes=1)
        answer = desk.get(f"{REST}/live?once=true").status_code
    assert answer == 401, "the page asked by itself: nobody sat there"


def watched(changes: Changes, stands: Callable[[], Any], tenant: TenantId, case: UUID | None = None) -> Any:
    return follow(changes, stands, tenant, case, pause=0)


def test_a_stream_tells_only_what_is_different_and_ends_when_it_may_not_be_seen() -> None:
    changes, tenant, case = Changes(), TenantId(new_id()), new_id()
    looks = iter([1, 1, 2, None])

    def look() -> int:
        found = next(looks)
        if found is None:
            raise NotFound("gone")
        return found

    async def all_of_it() -> list[bytes]:
        heard, stream = [], watched(changes, look, tenant, case)
        heard.append(await anext(stream))
        for about in ((tenant, case), (tenant, case), (None, None)):
            waiting = asyncio.ensure_future(anext(stream))
            await asyncio.sleep(0.01)
            changes.tell(TenantId(new_id()), case)
            changes.tell(tenant, new_id())
            assert not waiting.done(), "neither another utility nor another case wakes it"
            changes.tell(*about)
            heard.append(await waiting)
        assert [rest async for rest in stream] == []
        return heard

    assert asyncio.run(all_of_it()) == [
        b"event: now\ndata: 1\n\n",
        b": alive\n\n",
        b"event: now\ndata: 2\n\n",
        b"event: end\ndata: {}\n\n",
    ]


def test_places_are_given_back() -> None:
    held = Streams()
    for _ in range(3):
        for _ in range(streams.MOST_OF_ONE):
            held.take("one")
        with pytest.raises(TooOften):
            held.take("one")
        for _ in range(streams.MOST_OF_ONE):
            held.give_back("one")

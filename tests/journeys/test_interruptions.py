"""Processes killed and services down on a production installation: nothing acknowledged is lost, nothing done twice."""

import re
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from email.message import EmailMessage
from functools import partial
from hashlib import sha256
from io import BytesIO
from time import monotonic
from typing import TypeVar
from zipfile import ZipFile

import httpx2
import pytest
from redis import Redis
from sqlalchemy import inspect, select, text

from storage.database import Database
from storage.files import Files
from storage.files.s3 import S3Files
from storage.tenants import Tenant
from tests import services
from tests.conftest import serving
from tests.journeys import installations
from tests.journeys.caller import Caller, until
from tests.journeys.installations import Part, text_of
from tests.journeys.office import picture

pytestmark = pytest.mark.slow

T = TypeVar("T")

LINK = re.compile(r"/c/([\w-]+)")
LOGIN = re.compile(r"Login: (\S+)")
SECRET = re.compile(r"Temporary password: (\S+)")


@dataclass
class Site:
    """An installation whose every part can be ended and started."""

    caller: Caller
    work: Part
    web: Part
    postgres: services.Server
    redis: services.Server
    store: services.Server
    smtp: services.SmtpSink
    database: Database
    files: Files
    broker: str

    def time_passes(self) -> None:
        """Make it a quarter of an hour later for calls that wait for their next try, or to be sent again."""
        self._sooner("jobs", "run_at", "sent_at")

    def leases_end(self) -> None:
        """Make it a quarter of an hour later for what a worker held that was lost."""
        self._sooner("jobs", "lease_until")
        self._sooner("leases", "until")

    def _sooner(self, table: str, *columns: str) -> None:
        """In one statement: a second change of a job would lock its case after it, against the order of locks."""
        changes = ", ".join(f"{column} = {column} - interval '15 min'" for column in columns)
        with self.database.across_tenants() as session:
            session.execute(text(f"update {table} set {changes}"))

    def work_is_lost(self) -> None:
        """Kill the worker and start another."""
        self.work.kill()
        self.leases_end()
        self.work.start()

    def until_at(self, cases: Sequence[str], element: str) -> None:
        """Until each case stands there, time passing for what was interrupted."""
        waiting = list(cases)

        def arrived() -> bool:
            waiting[:] = [case for case in waiting if element not in self.caller.stands(case)]
            if waiting:
                self.time_passes()
            return not waiting

        until(arrived, f"{waiting} at {element}")

    def apply(self, who: str, **changed: str) -> str:
        """An application of somebody with an address of their own, sent until it is acknowledged; its case."""
        address = f"{who}@example.org"
        named = {"name": f"Žadatel {who}", "email": address, "email_repeat": address}
        return self.caller.insist(f"{who}, who insists", **named, **changed)

    def apply_at_once(self, applicants: Sequence[str]) -> dict[str, str]:
        """All on one contract, until each is at a clerk's or waits for a place."""
        apply = partial(self.apply, contract_no="MIN-0044", customer_no="SU0044")
        with ThreadPoolExecutor(len(applicants)) as pool:
            cases = list(pool.map(apply, applicants))
        decided = {"give-up", "check-identity"}
        until(lambda: all(decided.intersection(self.caller.stands(case)) for case in cases), "all decided")
        return dict(zip(applicants, cases, strict=True))

    def live_accounts(self) -> int:
        """The places taken on the contract with the limit; never more than three."""
        found = self._count(
            "select count(*) from contract_accounts a join contracts c on c.id = a.contract_id"
            " where c.number = 'MIN-0044' and a.state <> 'closed'"
        )
        assert found <= 3
        return found

    def mails(self, who: str) -> list[EmailMessage]:
        return [mail for mail in self.smtp.mails if mail["X-Envelope-To"] == f"{who}@example.org"]

    def found(self, pattern: re.Pattern[str], who: str) -> list[str]:
        """What the pattern's group finds in the mails to somebody, oldest first."""
        return [found[1] for mail in self.mails(who) if (found := pattern.search(text_of(mail)))]

    def busy(self) -> bool:
        """Whether a worker holds a job just now."""
        return self._count("select count(*) from jobs where state = 'waiting' and lease_until > now()") > 0

    def assert_each_once(self, cases: Mapping[str, str]) -> None:
        """Each applicant has one case, and was told once that it came in: again only as the very same mail."""
        for who, case in cases.items():
            person = f"select count(*) from persons where email = '{who}@example.org'"
            assert self._count(person) == 1
            told = {(mail["Subject"], mail["Message-ID"]) for mail in self.mails(who)}
            reference = self.caller.case(case)["case"]["reference"]
            assert [subject for subject, _ in told] == [f"We received your application {reference}"]
        assert self._count("select count(*) from incidents where resolved_at is null") == 0

    def everything_kept(self) -> bytes:
        """Every row as text, every object (letters unpacked), whatever the broker holds, and every log."""
        parts = [part.log.read_bytes() for part in (self.work, self.web)]
        with self.database.across_tenants() as session:
            for table in inspect(self.database.engine).get_table_names():
                rows = session.execute(text(f'select t::text from "{table}" t')).scalars()
                parts.extend(row.encode() for row in rows)
        for key in self.files.list():
            with self.files.get(key) as chunks:
                parts.append(b"".join(chunks))
        parts.extend(_unpacked(part) for part in tuple(parts) if part.startswith(b"PK"))
        with Redis.from_url(self.broker) as broker:
            parts.extend(bytes(broker.dump(key) or b"") for key in broker.scan_iter())
        return b"\n".join(parts)

    def _count(self, query: str) -> int:
        with self.database.across_tenants() as session:
            return int(session.execute(text(query)).scalar_one())


def _unpacked(archive: bytes) -> bytes:
    with ZipFile(BytesIO(archive)) as opened:
        return b"\n".join(opened.read(name) for name in opened.namelist())


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Everything on services of its own, because they are ended here."""
    with ExitStack() as stack:
        postgres = _running(stack, lambda: services.postgres(synchronous_commit="on"))
        redis, store = _running(stack, services.redis), _running(stack, services.rclone)
        smtp = _running(stack, services.smtp)
        url = postgres.url(postgres.create())
        made = installations.production(tmp_path_factory.mktemp("site"), url, store, redis.url, smtp)
        running = stack.enter_context(made)
        database = Database(url)
        stack.callback(database.close)
        _allow_many_accounts(database)
        assert running.work is not None
        assert running.web is not None
        assert postgres.server is not None
        assert store.server is not None
        parts = running.work, running.web, postgres.server, redis.server, store.server
        files = S3Files(store.endpoint, store.access_key, store.secret_key, "akta", secure=False, region=store.region)
        yield Site(Caller(running.url), *parts, smtp, database, files, redis.url)


def _running(stack: ExitStack, start: Callable[[], AbstractContextManager[T]]) -> T:
    service = serving(start)
    stack.callback(next, service, None)
    return next(service)


def _allow_many_accounts(database: Database) -> None:
    """One contract serves all applications here, but for the test of its limit, which is at the other utility."""
    with database.across_tenants() as session:
        tenant = session.scalars(select(Tenant).where(Tenant.code == "UKA")).one()
        tenant.profile = {**tenant.profile, "accounts_per_contract": 500}


@pytest.fixture
def site(place: Site) -> Site:
    place.smtp.refuse, place.smtp.delay = False, 0
    return place


def people(test: str, count: int) -> list[str]:
    return [f"{test}.{number}" for number in range(count)]


def all_apply(site: Site, applicants: Sequence[str]) -> dict[str, str]:
    with ThreadPoolExecutor(4) as pool:
        return dict(zip(applicants, pool.map(site.apply, applicants), strict=True))


def test_a_worker_killed_in_the_middle_of_its_jobs_loses_none(site: Site) -> None:
    site.smtp.delay = 0.3
    cases = all_apply(site, people("worker", 6))
    for _ in range(2):
        until(site.busy, "a worker at work")
        site.work_is_lost()
    site.smtp.delay = 0
    site.until_at(list(cases.values()), "check-identity")
    site.assert_each_once(cases)


def test_a_web_server_killed_under_load_loses_nothing_it_acknowledged(site: Site) -> None:
    applicants = people("web", 16)
    with ThreadPoolExecutor(5) as pool:
        sent = [pool.submit(site.apply, who) for who in applicants]
        until(lambda: sum(one.done() for one in sent) >= 3)
        site.web.kill()
        site.web.start()
        cases = {who: one.result() for who, one in zip(applicants, sent, strict=True)}
    site.until_at(list(cases.values()), "check-identity")
    site.assert_each_once(cases)


def test_while_redis_is_away_people_are_served_and_afterwards_their_work_is_done(site: Site) -> None:
    site.redis.end(signal.SIGKILL)
    begun = monotonic()
    cases = all_apply(site, people("redis", 6))
    assert monotonic() - begun < 15
    site.redis.start()
    site.until_at(list(cases.values()), "check-identity")
    site.assert_each_once(cases)


def test_postgresql_that_crashes_under_load_loses_nothing_acknowledged(site: Site) -> None:
    applicants = people("postgresql", 16)
    with ThreadPoolExecutor(5) as pool:
        sent = [pool.submit(site.apply, who) for who in applicants]
        until(lambda: sum(one.done() for one in sent) >= 3)
        site.postgres.end(signal.SIGQUIT)
        site.postgres.start()
        cases = {who: one.result() for who, one in zip(applicants, sent, strict=True)}
    # The test's own connections died with the server.
    site.database.close()
    site.leases_end()
    site.until_at(list(cases.values()), "check-identity")
    site.assert_each_once(cases)


def test_a_mail_server_that_refuses_becomes_an_incident_a_person_retries(site: Site) -> None:
    site.smtp.refuse = True
    cases = all_apply(site, people("smtp", 2))
    by_rest, by_page = cases.values()

    def given_up() -> bool:
        site.time_passes()
        return len(incidents(site)) == 2

    until(given_up, "two incidents")
    assert all("451" in one["cause"] for one in incidents(site).values()), incidents(site)
    site.smtp.refuse = False
    tried = site.caller.ask("POST", f"/incidents/{incidents(site)[by_rest]['id']}/retry", "supervision")
    assert tried.status_code == 204
    retry_on_page(site, incidents(site)[by_page]["id"])
    site.until_at(list(cases.values()), "check-identity")
    site.assert_each_once(cases)


def incidents(site: Site) -> dict[str, dict[str, str]]:
    answer = site.caller.ask("GET", "/incidents", "supervision")
    return {one["case_id"]: one for one in answer.json()}


def retry_on_page(site: Site, incident: str) -> None:
    with httpx2.Client(base_url=site.caller.url, follow_redirects=True, trust_env=False) as browser:

        def send(page: str, path: str, **values: str) -> httpx2.Response:
            token = re.search(r'name="csrf" value="([^"]+)"', browser.get(page).text)
            assert token is not None
            return browser.post(path, data={"csrf": token[1], **values})

        send("/uka/sign-in", "/uka/sign-in", login="supervision", password=installations.PASSWORD)
        done = send("/uka/incidents", f"/uka/incidents/{incident}/retry")
        assert done.status_code == 200, done.text


def test_without_its_store_an_upload_says_so_and_keeps_nothing(site: Site) -> None:
    site.store.end(signal.SIGKILL)
    refused = site.caller.upload(picture())
    assert refused.status_code >= 500
    assert refused.json()["title"] == "Something went wrong on our side. Nothing was changed; try again in a while."
    site.store.start()
    assert site.caller.upload(picture()).status_code == 201


def test_letters_are_written_once_the_store_is_back(site: Site) -> None:
    case = site.apply("store.0")
    site.caller.until_at(case, "check-identity")
    site.store.end(signal.SIGKILL)
    site.work_is_lost()  # the new worker starts without a store
    site.caller.do(case, "check-identity", "front-desk", decision="accept")
    until(lambda: "call-failed" in [line["kind"] for line in site.caller.case(case)["history"]])
    site.store.start()
    site.until_at([case], "return-signed")
    letters = [one for one in site.caller.case(case)["documents"] if one["origin"] == "generated"]
    assert sorted(one["kind"] for one in letters) == ["agreement", "agreement-copy", "terms", "terms-copy"]
    for one in letters:
        content = site.caller.ask("GET", f"/documents/{one['id']}/content", "front-desk").content
        assert sha256(content).hexdigest() == one["sha256"]


def test_credentials_broken_off_are_sent_anew_and_only_the_newest_open(site: Site) -> None:
    case = site.apply("credentials.0")
    site.caller.do(case, "check-identity", "front-desk", decision="accept")
    site.caller.until_at(case, "return-signed")
    site.caller.sign(case, site.found(LINK, "credentials.0")[-1], picture())
    site.smtp.delay = 2
    until(lambda: site.found(SECRET, "credentials.0"), "a temporary password")
    site.smtp.delay = 0
    site.work_is_lost()
    site.until_at([case], "first-login")
    (login,), (first, second) = site.found(LOGIN, "credentials.0"), site.found(SECRET, "credentials.0")
    assert len({mail["Message-ID"] for mail in site.mails("credentials.0") if SECRET.search(text_of(mail))}) == 1
    assert site.caller.sign_in(login, first).status_code == 403
    assert site.caller.sign_in(login, second).json()["must_change_password"]


def test_many_applications_at_once_never_make_a_fourth_live_account(site: Site) -> None:
    """F6, by REST with the real worker."""
    there = replace(site, caller=Caller(site.caller.url, "min"))
    before = there.live_accounts()
    cases = there.apply_at_once(people("limit", 6))
    at_clerks = [who for who, case in cases.items() if there.caller.stands(case) == ["check-identity"]]
    assert len(at_clerks) == 3 - before
    assert there.live_accounts() == 3
    left = there.caller.by_link(there.found(LINK, at_clerks[0])[-1])
    assert there.caller.ask("POST", f"/cases/{cases[at_clerks[0]]}/withdrawal", left).status_code == 204
    waiting = [case for who, case in cases.items() if who not in at_clerks]
    until(lambda: ["check-identity"] in map(there.caller.stands, waiting), "the next one in the place given back")
    later = there.apply_at_once(people("later", 3))
    assert all("give-up" in there.caller.stands(case) for case in later.values())
    assert there.live_accounts() == 3


def test_after_a_whole_journey_no_password_and_no_link_is_kept_anywhere(site: Site) -> None:
    """Neither in rows, nor in objects, nor at the broker, nor in what the processes logged."""
    who, own = "secrets.0", "modry-kotel-8"
    case = site.apply(who)
    site.caller.do(case, "check-identity", "front-desk", decision="accept")
    site.caller.until_at(case, "return-signed")
    site.caller.sign(case, site.found(LINK, who)[-1], picture())
    site.caller.until_at(case, "first-login")
    (login,), (secret,) = site.found(LOGIN, who), site.found(SECRET, who)
    for token in site.found(LINK, who):
        assert httpx2.get(f"{site.caller.url}/uka/c/{token}", trust_env=False).status_code == 303
    site.caller.first_sign_in(login, secret, own)
    until(lambda: not site.caller.stands(case), "the end")
    kept = site.everything_kept()
    assert login.encode() in kept, "the search finds what is there"
    sessions = [site.caller.bearer(name) for name in ("front-desk", "supervision", login)]
    for word in (secret, own, *site.found(LINK, who), *sessions):
        assert word.encode() not in kept
        assert word.encode().hex().encode() not in kept

"""`notify`: the right words, in the case's language, once, with a way to the case."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from akta import subjects
from akta.ids import CaseId
from bpmn import bundle as bundles
from bpmn.values import Value
from people import case_links
from storage.database import Database
from storage.documents import MessageRow
from storage.people import CaseLink
from storage.tenants import Tenant
from tasks import jobs, notices
from tasks.correspondence import Links
from tasks.mailer import Mail, Outbox
from tasks.notices import Post
from tests.workflows import toys
from tests.workflows.house import House
from workflows import incidents, queries
from workflows.definitions import Definitions
from workflows.handlers import CallContext, Handler

LINKS = Links("https://akta.example.org")


class Flaky(Outbox):
    """Takes a mail and then loses the line, as often as it is told."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self.failures = failures

    def send(self, mail: Mail, now: datetime) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError("the line is dead")
        super().send(mail, now)


def posting(database: Database, tenant: Tenant, outbox: Outbox, now: datetime) -> House:
    definitions = Definitions()
    house = House(database, tenant, notices.handler(Post(database, definitions, outbox, LINKS)))
    house.deploy(toys.permit(), now=now)
    return house


def grant(house: House, now: datetime, email: str = "jana@example.org") -> CaseId:
    case_id = house.start("permit", now, house.person("Jana {why} Ukázková", email), plot="A 7")
    jobs.run_due(house.database, house.runtime, now)
    house.complete(case_id, now, verdict="grant")
    jobs.run_due(house.database, house.runtime, now)
    return case_id


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


def test_a_mail_is_filled_sent_and_noted(database: Database, tenant: Tenant, outbox: Outbox, now: datetime) -> None:
    house = posting(database, tenant, outbox, now)
    case_id = grant(house, now)
    (mail,) = outbox.mails(house.tenant)
    assert (mail.to, mail.subject) == ("jana@example.org", "Plot A 7 is yours, Jana {why} Ukázková")
    assert "It lies in the sun." in mail.body
    assert "- spade\n- It lies in the sun." in mail.body
    assert house.case(case_id).outcome == "granted"
    with house.uow.view() as tx:
        (row,) = queries.messages(tx, case_id)
        assert (row.template, row.language, row.sent_at) == ("granted", "en", now)
        assert row.personal is not None
        assert row.personal["to"] == "jana@example.org"


def test_the_link_in_a_mail_opens_the_case_and_only_its_hash_is_kept(
    database: Database, tenant: Tenant, outbox: Outbox, now: datetime
) -> None:
    house = posting(database, tenant, outbox, now)
    case_id = grant(house, now)
    found = re.search(r"https://akta\.example\.org/uka/c/(\S+)", outbox.mails(house.tenant)[0].body)
    assert found is not None
    assert case_links.open(house.uow, found[1], now).case == case_id
    with house.uow.view() as tx:
        (link,) = tx.session.scalars(select(CaseLink))
        assert found[1].encode() != link.token_hash
        (kept,) = queries.messages(tx, case_id)
        assert found[1] not in str(kept.personal)


def test_who_has_an_account_gets_the_address_of_the_case(
    database: Database, tenant: Tenant, outbox: Outbox, now: datetime
) -> None:
    house = posting(database, tenant, outbox, now)
    customer = house.subject("Jana Ukázková", now)
    case_id = house.start("permit", now, customer.person, plot="A 7")
    jobs.run_due(house.database, house.runtime, now)
    house.complete(case_id, now, verdict="grant")
    jobs.run_due(house.database, house.runtime, now)
    assert f"https://akta.example.org/uka/cases/{case_id}" in outbox.mails(house.tenant)[0].body


def test_a_mail_that_could_not_be_sent_is_sent_later_and_once(
    database: Database, tenant: Tenant, now: datetime
) -> None:
    outbox = Flaky(failures=1)
    house = posting(database, tenant, outbox, now)
    case_id = grant(house, now)
    assert outbox.mails(house.tenant) == ()
    assert house.case(case_id).state == "waiting"
    jobs.run_due(house.database, house.runtime, now + timedelta(minutes=1))
    assert len(outbox.mails(house.tenant)) == 1
    assert house.case(case_id).outcome == "granted"


def test_the_same_call_made_again_sends_no_second_mail(
    database: Database, tenant: Tenant, outbox: Outbox, now: datetime
) -> None:
    house = posting(database, tenant, outbox, now)
    case_id = grant(house, now)
    handler = house.handlers["notify"]
    with house.uow.view() as tx:
        key = tx.session.scalars(select(MessageRow.message_key)).one()
    context = CallContext(case_id, key, now, subjects.system(house.tenant), "en")
    assert called(handler, context, {"mail": "granted"}) == {"sent": True}
    assert len(outbox.mails(house.tenant)) == 1


def called(handler: Handler, context: CallContext, values: Mapping[str, Value]) -> Mapping[str, Value]:
    assert handler.remote is not None
    return handler.remote(context, values)


def test_without_an_address_the_case_goes_on_and_says_so(
    database: Database, tenant: Tenant, outbox: Outbox, now: datetime
) -> None:
    house = posting(database, tenant, outbox, now)
    case_id = grant(house, now, email="")
    assert outbox.mails(house.tenant) == ()
    assert house.case(case_id).outcome == "granted"
    with house.uow.view() as tx:
        (line,) = [line for line in queries.history(tx, case_id) if line.kind == "mail-not-sent"]
        assert (line.data, line.door) == ({"mail": "granted"}, "job")


def test_a_mail_no_bundle_has_becomes_an_incident(
    database: Database, tenant: Tenant, outbox: Outbox, now: datetime
) -> None:
    house = posting(database, tenant, outbox, now)
    permit = toys.permit()
    words = permit.files["i18n/en.toml"].replace(b"[mails.granted]", b"[mails.other]")
    house.deploy(bundles.from_files({**permit.files, "i18n/en.toml": words}), now=now)
    case_id = grant(house, now)
    with house.uow.view() as tx:
        assert incidents.of_case(tx, case_id)[0].cause == "NoSuchText: no bundle of this case has a mail granted"

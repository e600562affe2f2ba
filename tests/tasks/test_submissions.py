"""Start forms become cases: by whom, once, about whom, in which language."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from akta.errors import SignInNeeded, TooOften
from akta.ids import CaseId
from akta.subjects import Door, Kind, Subject
from bpmn import bundle as bundles
from documents import uploads
from people.throttle import Limit
from storage.cases import Case, HistoryEntry
from storage.documents import DocumentRow
from storage.files import Files
from storage.people import Person
from tasks import submissions
from tasks.desk import Desk, Unacceptable
from tasks.submissions import NoKey, NotStartable, Received, Submission, TooLate
from tests.documents import samples
from tests.tasks.conftest import TAKEN_PLOT
from tests.workflows import toys
from tests.workflows.house import BY, House, anonymous
from workflows import queries
from workflows.deployments import NotActive

ANSWERS: Mapping[str, Sequence[str]] = {"name": ["Jana Ukázková"], "email": ["jana@example.org"], "plot": ["A 7"]}


def send(house: House, desk: Desk, who: Subject, now: datetime, **changes: object) -> Received:
    wanted: dict[str, object] = {"bundle": "permit", "answers": ANSWERS, "submission_key": "key", **changes}
    return submissions.submit(house.uow, desk, who, Door.PAGE, Submission(**wanted), now)  # type: ignore[arg-type]


def test_an_application_becomes_a_case_about_whom_it_names(town: House, desk: Desk, now: datetime) -> None:
    got = send(town, desk, anonymous(town), now, language="cs")
    case = town.case(got.case_id)
    assert (got.reference, got.again, got.title) == ("UKA-2026-000001", False, "A permit")
    assert (case.channel, case.language, case.received_at, case.state) == ("web", "cs", now, "waiting")
    with town.uow.view() as tx:
        person = tx.get(Person, case.person_id) if case.person_id else pytest.fail("the case is about nobody")
        assert (person.name, person.email, person.language) == ("Jana Ukázková", "jana@example.org", "cs")
        known = queries.variables(tx, town.runtime.definitions, got.case_id)
        assert known["applicant"] == {"person": str(person.id), "name": person.name, "email": person.email}
        (first, *_) = tx.session.scalars(select(HistoryEntry).order_by(HistoryEntry.number)).all()
        assert (first.kind, first.actor_kind, first.door, first.person_id) == (
            "case-started",
            "anonymous",
            "page",
            person.id,
        )
        assert first.personal is not None
        assert first.personal["answers"]["name"] == "Jana Ukázková"
        assert "Jana" not in str(first.data)


def test_the_answered_language_goes_before_that_of_the_page(town: House, desk: Desk, now: datetime) -> None:
    got = send(town, desk, anonymous(town), now, language="cs", answers={**ANSWERS, "language": ["en"]})
    assert town.case(got.case_id).language == "en"
    got = send(town, desk, anonymous(town), now, submission_key="2", answers={**ANSWERS, "language": ["xx"]})
    assert town.case(got.case_id).language == "en"


def test_the_same_submission_twice_is_one_case(town: House, desk: Desk, now: datetime) -> None:
    first, second = (send(town, desk, anonymous(town), now) for _ in range(2))
    assert (first.case_id, first.again, second.again) == (second.case_id, False, True)
    with town.uow.view() as tx:
        assert len(tx.session.scalars(select(Person)).all()) == 1


def test_so_many_applications_come_from_one_address_and_no_more(
    town: House, desk: Desk, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submissions, "PER_PLACE", Limit("applications from", 2, timedelta(hours=1)))
    for key in ("one", "two"):
        send(town, desk, anonymous(town), now, submission_key=key, place="192.0.2.7")
    with pytest.raises(TooOften):
        send(town, desk, anonymous(town), now, submission_key="three", place="192.0.2.7")
    assert send(town, desk, anonymous(town), now, submission_key="one", place="192.0.2.7").again
    send(town, desk, anonymous(town), now, submission_key="three", place="192.0.2.8")
    send(town, desk, anonymous(town), now + timedelta(hours=1), submission_key="four", place="192.0.2.7")


def test_two_senders_with_the_same_key_are_two_cases(town: House, desk: Desk, now: datetime) -> None:
    jana, eva = (town.subject(name, now, kind=Kind.CUSTOMER) for name in ("Jana Ukázková", "Eva Cizí"))
    assert send(town, desk, jana, now).case_id != send(town, desk, eva, now).case_id
    with pytest.raises(NoKey):
        send(town, desk, jana, now, submission_key="")


def test_the_same_submission_at_once_is_one_case(town: House, desk: Desk, now: datetime) -> None:
    ready, got = Barrier(4), []

    def work() -> None:
        ready.wait()
        got.append(send(town, desk, anonymous(town), now))

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 4
    assert len({received.case_id for received in got}) == 1
    assert sorted(received.again for received in got) == [False, True, True, True]


def test_references_never_repeat_however_many_apply_at_once(town: House, desk: Desk, now: datetime) -> None:
    ready, got = Barrier(6), []

    def work(number: int) -> None:
        ready.wait()
        got.append(send(town, desk, anonymous(town), now, submission_key=str(number)).reference)

    threads = [Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [f"UKA-2026-{number:06d}" for number in range(1, 7)]


def test_a_clerk_enters_what_came_on_paper(town: House, desk: Desk, now: datetime) -> None:
    clerk = town.subject("Petr Vzorový", now, "front-desk")
    got = send(town, desk, clerk, now, answers={**ANSWERS, "received_on": ["2026-02-27"]})
    case = town.case(got.case_id)
    assert (case.channel, case.received_at) == ("paper", datetime(2026, 2, 26, 23, tzinfo=UTC))
    with town.uow.view() as tx:
        first = queries.history(tx, got.case_id)[0]
        assert (first.actor, first.role, first.on_behalf_of) == ("Petr Vzorový", "front-desk", case.person_id)
    assert town.case(send(town, desk, clerk, now, submission_key="2").case_id).received_at == now


def test_the_day_of_the_stamp_is_read_in_the_zone_of_the_utility(town: House, desk: Desk, now: datetime) -> None:
    clerk = town.subject("Petr Vzorový", now, "front-desk")
    got = send(town, desk, clerk, now, answers={**ANSWERS, "received_on": ["2026-02-27"]})
    assert town.case(got.case_id).received_at.isoformat() == "2026-02-26T23:00:00+00:00"
    with pytest.raises(TooLate):
        send(town, desk, clerk, now, answers={**ANSWERS, "received_on": ["2026-03-03"]}, submission_key="2")


def test_a_web_applicant_does_not_choose_when_it_was_received(town: House, desk: Desk, now: datetime) -> None:
    got = send(town, desk, anonymous(town), now, answers={**ANSWERS, "received_on": ["2026-01-31"]})
    assert town.case(got.case_id).received_at == now


def test_only_those_named_by_the_bundle_may_start_it(town: House, desk: Desk, now: datetime) -> None:
    with pytest.raises(NotStartable):
        send(town, desk, town.subject("Otto Měřič", now, "metering"), now)
    with pytest.raises(NotActive):
        send(town, desk, anonymous(town), now, bundle="nothing")
    town.deploy(toys.waiter(), now=now)
    with pytest.raises(NotStartable):
        send(town, desk, anonymous(town), now, bundle="waiter")


def test_who_must_sign_in_is_told_so(house: House, desk: Desk, now: datetime) -> None:
    permit = toys.permit()
    settings = permit.files["bundle.toml"].replace(b'by = ["anonymous", "customer"]', b'by = ["customer"]')
    house.deploy(bundles.from_files({**permit.files, "bundle.toml": settings}), now=now)
    with pytest.raises(SignInNeeded):
        send(house, desk, anonymous(house), now)


def test_wrong_answers_come_back_with_sentences_in_the_senders_language(town: House, desk: Desk, now: datetime) -> None:
    with pytest.raises(Unacceptable) as wrong:
        send(town, desk, anonymous(town), now, answers={"name": ["Jana"]})
    assert set(wrong.value.fields) == {"plot"}
    assert wrong.value.shown["name"] == "Jana"
    with pytest.raises(Unacceptable) as taken:
        send(town, desk, anonymous(town), now, answers={**ANSWERS, "plot": [TAKEN_PLOT]}, language="cs")
    assert taken.value.fields == {"plot": "Plot Z 9 is taken (cs)."}
    with town.uow.view() as tx:
        assert tx.session.scalars(select(Case)).all() == []
        assert tx.session.scalars(select(Person)).all() == []


def test_uploads_of_an_application_become_its_documents(town: House, desk: Desk, files: Files, now: datetime) -> None:
    received = uploads.receive(files, [samples.png()], "plot.png")
    with town.uow.begin() as tx:
        upload = str(uploads.keep(tx, received, "photos", "mine", now, BY).id)
    got = send(town, desk, anonymous(town), now, answers={**ANSWERS, "photos": [upload]}, upload_key="mine")
    with town.uow.view() as tx:
        assert tx.session.scalars(select(DocumentRow.case_id)).all() == [got.case_id]
        known = queries.variables(tx, town.runtime.definitions, got.case_id)
        assert known["photos"] == [{"id": upload, "name": "plot.png"}]


def test_the_start_form_is_drawn_for_whom_may_send_it(town: House, desk: Desk, now: datetime) -> None:
    with town.uow.view() as tx:
        shown = submissions.begin(tx, desk, anonymous(town), "permit", now)
        assert [field.key for field in shown.fields] == ["name", "email", "plot", "language", "photos"]
        assert not shown.from_paper
        assert len(shown.submission_key) >= 24
        again = submissions.begin(
            tx, desk, anonymous(town), "permit", now, shown={"name": "Jana"}, errors={"plot": "Missing."}
        )
        assert (again.fields[0].value, again.fields[2].error) == ("Jana", "Missing.")
        clerk = Subject(town.tenant, Kind.STAFF, groups=frozenset({"front-desk"}))
        assert submissions.begin(tx, desk, clerk, "permit", now).from_paper


def test_the_catalogue_offers_what_can_be_started(town: House, desk: Desk, now: datetime) -> None:
    town.deploy(toys.waiter(), now=now)
    metering = Subject(town.tenant, Kind.STAFF, groups=frozenset({"metering"}))
    with town.uow.view() as tx:
        assert [bundle.key for _, bundle in submissions.offered(tx, desk, anonymous(town))] == ["permit"]
        assert submissions.offered(tx, desk, metering) == []


def test_a_case_link_starts_as_anybody_would(town: House, desk: Desk, now: datetime) -> None:
    first = send(town, desk, anonymous(town), now)
    link = Subject(town.tenant, Kind.CASE_LINK, case=CaseId(first.case_id))
    assert send(town, desk, link, now).case_id != first.case_id

"""Utilities side by side: each with its own version of the processes, and nothing of one in a query of another."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Mapper

import heating.schema  # noqa: F401 - declares the utility's tables
from akta import bootstrap
from akta.clock import SetClock
from akta.ids import TenantId
from akta.subjects import Door
from documents import previews, store
from heating import samples
from heating.samples import Installed
from people.passwords import Cost, Hasher
from storage.base import Base, TenantOwned
from storage.database import Database
from storage.tenants import Tenant
from tasks import signature_codes
from tasks.desk import Unacceptable
from tasks.signature_codes import NotVerified, TooManyCodes, WrongCode
from tests.journeys import applicants, office, traces
from tests.journeys.applicants import application, confirm, new_contract
from tests.journeys.conftest import TODAY
from tests.journeys.office import Office

TABLES = sorted(
    (found.class_ for found in Base.registry.mappers if issubclass(found.class_, TenantOwned)),
    key=lambda found: found.__name__,
)


@pytest.fixture(scope="module")
def four(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, list[Installed]]]:
    """The four utilities of the samples in one database."""
    path = tmp_path_factory.mktemp("four") / "akta.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    hasher = Hasher(Cost(passes=1, memory=8, lanes=1))
    yield database, list(samples.install(database, hasher, office.PASSWORD, TODAY))
    database.close()


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_no_query_of_one_utility_returns_a_row_of_another(
    four: tuple[Database, list[Installed]], table: type[TenantOwned]
) -> None:
    database, utilities = four
    said: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *told: said.append(told[2]))
    seen = 0
    for utility in utilities:
        with database.unit_of_work(TenantId(utility.tenant)).view() as tx:
            rows = tx.session.scalars(select(table)).all()
            assert {row.tenant_id for row in rows} <= {utility.tenant}
            seen += len(rows)
            with database.across_tenants() as session:
                foreign = session.scalars(select(table.id).where(table.tenant_id != utility.tenant).limit(5)).all()
            assert all(tx.find(table, key) is None for key in foreign)  # type: ignore[type-var]
    mapper: Mapper[object] = table.__mapper__  # type: ignore[attr-defined]
    asked = [sql for sql in said if f"FROM {mapper.local_table}" in sql]
    assert all(f"{mapper.local_table}.tenant_id" in sql.partition("WHERE")[2] for sql in asked)
    with database.across_tenants() as session:
        assert seen == len(session.scalars(select(table.id)).all())


def test_every_overlay_is_the_same_processes_with_other_tables() -> None:
    base = {each.key: each for each in bootstrap.shipped()}
    changed = {
        name: {each.key for each in bootstrap.shipped(name) if each.content_hash != base[each.key].content_hash}
        for name in bootstrap.overlays()
    }
    assert changed == {
        "ext": {"completeness", "intake", "poa-check", "portal-access", "sign-document"},
        "min": {"identify-applicant", "intake", "poa-check", "sign-document"},
        "prz": {"portal-access", "sign-document"},
    }


@pytest.fixture
def minta(sqlite_office: Callable[[str], Office]) -> Office:
    """The Hungarian utility, whose terms are accepted by a click."""
    return sqlite_office("MIN")


@pytest.mark.slow
def test_terms_are_signed_with_a_code_that_works_once_for_one_person_and_not_for_long(minta: Office) -> None:
    case = minta.start("portal-access", application(minta, new_contract(minta), delivery_of_agreement="e-sign"))
    confirm(minta, case)
    assert {row.kind for row in minta.documents(case)} == {"terms", "terms-copy"}
    task, stranger = minta.task(case, "return-signed"), minta.holder(case)
    with pytest.raises(NotVerified):
        signature_codes.ask(minta.uow, minta.akta.desk, stranger, Door.PAGE, task, minta.now)
    with pytest.raises(Unacceptable):
        minta.do(case, "return-signed", stranger, {"answer": "click"})
    signer = applicants.open_link(minta, case)
    first = applicants.ask_for_code(minta, case, signer)
    second = applicants.ask_for_code(minta, case, signer)
    if first != second:
        with pytest.raises(WrongCode):
            applicants.enter_code(minta, task, signer, first)
    minta.clock.at = minta.now + signature_codes.LASTING
    with pytest.raises(WrongCode):
        applicants.enter_code(minta, task, signer, second)
    good = applicants.ask_for_code(minta, case, signer)
    wrong = "000 000" if good != "000 000" else "111 111"
    for _ in range(signature_codes.TRIES):
        with pytest.raises(WrongCode):
            applicants.enter_code(minta, task, signer, wrong)
    with pytest.raises(WrongCode):
        applicants.enter_code(minta, task, signer, good)
    applicants.enter_code(minta, task, signer, applicants.ask_for_code(minta, case, signer))
    assert minta.open_tasks(case) == ["countersign"]
    applicants.countersign(minta, case)
    login = applicants.first_sign_in(minta)
    assert applicants.account(minta, login).state == "active"
    secrets = {applicants.credentials(minta)[1], applicants.OWN_PASSWORD, good}
    assert not traces.of(secrets, traces.everything_kept(minta))


SETS = {"UKA": ["agreement", "terms"], "PRZ": ["annex", "application"], "EXT": ["acord"]}


@pytest.mark.slow
@pytest.mark.parametrize("code", SETS)
def test_each_utility_has_its_own_documents_in_its_language_each_with_an_english_copy(
    code: str, sqlite_office_url: str, tmp_path: Path
) -> None:
    clock = SetClock(TODAY)
    akta = office.build(sqlite_office_url, tmp_path / "files", clock)
    house = Office.opened(akta, clock, code)
    papers = {name: house.upload(name) for name in ("identity_document", "title_document")}
    delivery = "e-sign" if code == "EXT" else "post"
    form = application(house, new_contract(house), delivery_of_agreement=delivery, **papers)
    case = house.start("portal-access", form)
    confirm(house, case)
    made = {row.kind: row.name for row in house.documents(case) if row.origin == "generated"}
    assert set(made) == {f"{name}{copy}" for name in SETS[code] for copy in ("", "-copy")}
    with house.uow.view() as tx:
        kept = {row.kind: store.whole(akta.files, row) for row in house.documents(case) if row.kind in made}
        own = tx.get(Tenant, house.tenant).language
    language = {"cs": "dodavatel", "pl": "dostaw", "ro": "furnizor"}[own]
    texts = {kind: " ".join(previews.paragraphs(content)).casefold() for kind, content in kept.items()}
    for name in SETS[code]:
        assert language in texts[name]
        assert "courtesy translation" in texts[f"{name}-copy"]
        assert "{{" not in texts[name] + texts[f"{name}-copy"]
    akta.close()


@pytest.mark.slow
def test_codes_cannot_be_asked_for_without_end(minta: Office) -> None:
    case = minta.start("portal-access", application(minta, new_contract(minta), delivery_of_agreement="e-sign"))
    confirm(minta, case)
    signer = applicants.open_link(minta, case)
    for _ in range(signature_codes.IN_AN_HOUR):
        applicants.ask_for_code(minta, case, signer)
    with pytest.raises(TooManyCodes):
        applicants.ask_for_code(minta, case, signer)


@pytest.mark.slow
def test_what_came_by_post_is_turned_into_an_appointment_at_the_counter(minta: Office) -> None:
    numbers = new_contract(minta)
    form = application(minta, numbers, application_scan=minta.upload("application_scan"), channel_said="post")
    case = minta.start("portal-access", {**form, "received_on": "2026-02-27"}, minta.signed_in("front-desk"))
    assert minta.open_tasks(case) == ["appointment"]
    minta.do(case, "appointment", "front-desk", {"came": "yes", "identity_seen": "on"})
    assert minta.open_tasks(case) == ["hand-over"]

"""Documents of a case are found by who may see them; what Akta makes is stored with the transaction or not at all."""

from datetime import datetime

import pytest

from akta.errors import NotFound
from akta.ids import CaseId, DocumentId, PersonId
from akta.subjects import Actor, Door, Kind, Subject, system
from documents import letters, store
from documents.store import Made
from storage.documents import DocumentRow
from storage.files import Files
from storage.unit_of_work import UnitOfWork
from storage.visibility import Visibility
from tests.documents import samples
from tests.storage.rows import add_case, add_person

AKTA = Actor(Kind.SYSTEM, Door.JOB, name="Akta")
VISIBILITY = Visibility(frozenset({"supervision"}))
LETTER = Made(samples.docx("text"), "Dohoda č. 1/2026.docx", "agreement", letters.MEDIA_TYPE, "cs", {"template": "ab"})


def _made(uow: UnitOfWork, files: Files, now: datetime, *, for_applicant: bool = True) -> DocumentRow:
    with uow.begin() as tx:
        case = add_case(tx, now, f"UKA-{for_applicant}", add_person(tx).id)
        return store.add_made(tx, files, CaseId(case.id), LETTER, now, AKTA, for_applicant=for_applicant)


def test_what_akta_makes_is_stored_and_described(uow: UnitOfWork, files: Files, now: datetime) -> None:
    row = _made(uow, files, now)
    assert (row.origin, row.kind, row.language, row.name) == ("generated", "agreement", "cs", "Dohoda č. 1-2026.docx")
    assert row.size == len(LETTER.content)
    with files.get(row.object_key) as chunks:
        assert b"".join(chunks) == LETTER.content
    assert store.whole(files, row) == LETTER.content


def test_a_transaction_that_fails_leaves_no_object(uow: UnitOfWork, every_files: Files, now: datetime) -> None:
    def fail() -> None:
        with uow.begin() as tx:
            case = CaseId(add_case(tx, now).id)
            row = store.add_made(tx, every_files, case, LETTER, now, AKTA)
            assert list(every_files.list()) == [row.object_key]
            raise ConnectionError

    with pytest.raises(ConnectionError):
        fail()
    assert list(every_files.list()) == []


def test_a_document_is_found_by_who_may_see_its_case(uow: UnitOfWork, files: Files, now: datetime) -> None:
    row = _made(uow, files, now)
    key, case = DocumentId(row.id), CaseId(row.case_id or row.id)
    with uow.view() as tx:
        link = Subject(tx.tenant, Kind.CASE_LINK, case=case)
        for subject in (link, system(tx.tenant)):
            assert store.find(tx, VISIBILITY, subject, key).id == row.id
            assert [found.id for found in store.of_case(tx, VISIBILITY, subject, case)] == [row.id]
        strangers = (Subject(tx.tenant, Kind.ANONYMOUS), Subject(tx.tenant, Kind.CUSTOMER, person=PersonId(row.id)))
        for stranger in strangers:
            with pytest.raises(NotFound):
                store.find(tx, VISIBILITY, stranger, key)
            assert store.of_case(tx, VISIBILITY, stranger, case) == []


def test_what_is_not_for_applicants_is_not_found_by_them(uow: UnitOfWork, files: Files, now: datetime) -> None:
    row = _made(uow, files, now, for_applicant=False)
    link = Subject(uow.tenant, Kind.CASE_LINK, case=CaseId(row.case_id or row.id))
    with uow.view() as tx, pytest.raises(NotFound):
        store.find(tx, VISIBILITY, link, DocumentId(row.id))

"""The terms of use: their versions, accepting the newest, publishing another."""

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from akta.subjects import Kind
from api.dependencies import VisitDep, needs
from api.rest.forms import PlainText
from heating import terms
from heating.terms import LONGEST, NewVersion
from people.rights import Act

router = APIRouter(prefix="/terms", tags=["terms"])


class TermsVersion(BaseModel):
    """A version, in the language asked for or, where it lacks that, the utility's own, which `language` says."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    effective_from: date
    published_at: datetime
    language: str
    text: str
    changes: str


class Terms(BaseModel):
    """`in_force` is the number of the version that holds. `owed`: the one the asking customer has still to accept;
    with `due` they cannot go on without."""

    in_force: int | None
    owed: int | None
    due: bool
    versions: list[TermsVersion]


class Written(BaseModel):
    """The terms in one language, and what is different from the version before."""

    text: PlainText = Field(min_length=1, max_length=LONGEST)
    changes: PlainText = Field("", max_length=LONGEST)


class NewTerms(BaseModel):
    """From when they hold, and the words by language; the utility's own language has to be there."""

    effective_from: date
    words: dict[str, Written] = Field(min_length=1, max_length=5)


class Published(BaseModel):
    number: int


@router.get("", dependencies=[needs(Act.SEE_SERVICES)])
def list_terms(visit: VisitDep) -> Terms:
    """Every version of the terms, the newest first."""
    with visit.uow.view() as tx:
        found = terms.versions(tx, visit.language.code)
        owed = terms.owed(tx, visit.subject.account, visit.today) if _holds_account(visit) else None
    holding = terms.in_force(found, visit.today)
    return Terms(
        in_force=holding.number if holding else None,
        owed=owed.number if owed else None,
        due=owed is not None and owed.due,
        versions=[TermsVersion.model_validate(each) for each in found],
    )


@router.post("/{number}/acceptance", status_code=204, dependencies=[needs(Act.ACCEPT_TERMS)])
def accept_terms(number: int, visit: VisitDep) -> None:
    """Accept the newest version for one's own account."""
    terms.accept(visit.uow, visit.services.runtime, visit.subject, visit.door, number, visit.now)


@router.post("", status_code=201, dependencies=[needs(Act.PUBLISH_TERMS)])
def publish_terms(new: NewTerms, visit: VisitDep) -> Published:
    """Publish a version: everybody with an account is told, and has to accept it to go on once it holds."""
    words = {code: written.model_dump() for code, written in new.words.items()}
    version, runtime = NewVersion(new.effective_from, words), visit.services.runtime
    number = terms.publish(visit.uow, runtime, visit.subject, visit.door, version, visit.language, visit.now)
    return Published(number=number)


def _holds_account(visit: VisitDep) -> bool:
    return visit.subject.kind is Kind.CUSTOMER

"""REST under `/api/v1`: everything the pages can do, by the same use cases."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.security import HTTPBearer
from pydantic import BaseModel

from api.problems import MEDIA_TYPE
from api.rest import (
    account,
    accounts,
    authorizations,
    billing,
    bundle_rights,
    bundles,
    calendars,
    cases,
    choices,
    desk,
    documents,
    draft_files,
    drafts,
    events,
    handed_over,
    incidents,
    keys,
    live,
    mandates,
    operating,
    readings,
    releases,
    replays,
    services,
    sessions,
    signing,
    start_drafts,
    supply,
    tasks,
    terms,
    trials,
    uploads,
    waiting,
)


class Finding(BaseModel):
    """Why a version cannot run."""

    code: str
    severity: str
    element: str
    message: str


class Problem(BaseModel):
    """What went wrong (RFC 9457). `fields` has a sentence for each answer that needs another look.

    Of an expression that cannot be read, `line` and `column` say where.
    """

    type: str
    title: str
    status: int
    detail: str | None = None
    fields: dict[str, str] | None = None
    id: str | None = None
    line: int | None = None
    column: int | None = None
    findings: list[Finding] | None = None


_REFUSALS: dict[int | str, dict[str, Any]] = {
    status.value: {
        "description": status.phrase,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        "model": Problem,
    }
    for status in (
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.CONFLICT,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    )
}
_BEARER = HTTPBearer(auto_error=False, description="The token of a session")

router = APIRouter(prefix="/api/v1/{tenant}", responses=_REFUSALS, dependencies=[Depends(_BEARER)])
for _part in (
    sessions,
    services,
    start_drafts,
    uploads,
    cases,
    tasks,
    signing,
    desk,
    documents,
    supply,
    mandates,
    terms,
    readings,
    billing,
    bundles,
    bundle_rights,
    drafts,
    draft_files,
    releases,
    replays,
    trials,
    incidents,
    live,
    operating,
    waiting,
    choices,
    handed_over,
    events,
    calendars,
    accounts,
    account,
    keys,
    authorizations,
):
    router.include_router(_part.router)
router.include_router(accounts.office_names)
router.include_router(accounts.requests)
router.include_router(accounts.account_events)

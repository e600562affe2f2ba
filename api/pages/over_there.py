"""Signing in at the utility's own OpenID provider: leaving for it, and coming back."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import RedirectResponse, Response

from api.dependencies import VisitDep, needs
from api.pages import session
from api.visits import Visit, drop_over_there, keep_over_there, keep_session, over_there
from people import oidc
from people.oidc import NotOffered, Provider, Returned
from people.rights import Act

router = APIRouter()


@router.get("/{tenant}/sign-in/over-there", dependencies=[needs(Act.SIGN_IN)])
def leave_to_sign_in(
    visit: VisitDep, wished: Annotated[str, Query(alias="next", max_length=oidc.LONGEST_WISHED)] = ""
) -> Response:
    """A link, and no form: forms of our pages are sent to us only, redirects included (`form-action`)."""
    relying = visit.services.relying
    try:
        begun = relying.begin(visit.uow, _provider(visit), _back(visit), wished, visit.now, visit.address)
    except (oidc.OutOfReach, oidc.NotSignedIn) as refusal:
        return session.sign_in_refused(visit, refusal, wished)
    answer = RedirectResponse(begun.url, 303)
    keep_over_there(answer, visit, begun.browser)
    return answer


@router.get("/{tenant}/sign-in/back", dependencies=[needs(Act.SIGN_IN)])
def back_from_over_there(
    visit: VisitDep,
    code: Annotated[str, Query(max_length=2000)] = "",
    state: Annotated[str, Query(max_length=200)] = "",
    iss: Annotated[str, Query(max_length=300)] = "",
) -> Response:
    returned = Returned(code, state, iss, over_there(visit))
    client = visit.request.headers.get("user-agent", "")
    try:
        done = visit.services.relying.finish(
            visit.uow, _provider(visit), _back(visit), returned, visit.now, client=client
        )
    except (oidc.OutOfReach, oidc.NotSignedIn) as refusal:
        return session.sign_in_refused(visit, refusal, "")
    answer = session.onward(visit, done.opened, done.wished)
    keep_session(answer, visit, done.opened)
    drop_over_there(answer, visit)
    return answer


def _provider(visit: Visit) -> Provider:
    found = Provider.of(visit.utility.profile)
    if found is None:
        raise NotOffered
    return found


def _back(visit: Visit) -> str:
    return f"{visit.services.public_url}/{visit.utility.code.lower()}/sign-in/back"

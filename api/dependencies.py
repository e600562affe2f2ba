"""What routes ask for: the visit, the form, and the right to be here.

Every route declares its right once, `dependencies=[needs(Act.X)]` (or `[public]` where there is no utility to have
rights at). The right is checked before the body is read, and a write that a browser's cookie authorises is checked
for its token here too, so that no route can forget either.
"""

from typing import Annotated

from fastapi import Depends, Path, Request, params

from api import csrf, uploads
from api.csrf import ForgedRequest
from api.ports import Services
from api.tenants import Tenants
from api.uploads import Form
from api.visits import Visit, open_visit
from people import rights
from people.rights import Act


def services_of(request: Request) -> Services:
    found: Services = request.app.state.services
    return found


def tenants_of(request: Request) -> Tenants:
    found: Tenants = request.app.state.tenants
    return found


def _visit(request: Request, tenant: Annotated[str, Path(description="Code of the utility", max_length=20)]) -> Visit:
    services = services_of(request)
    return open_visit(request, services, tenants_of(request).find(tenant, services.clock.now()))


VisitDep = Annotated[Visit, Depends(_visit)]
ServicesDep = Annotated[Services, Depends(services_of)]


async def _form(request: Request, visit: VisitDep) -> Form:
    if not getattr(request.state, "cleared", False):
        raise RuntimeError("a form was about to be read before the right was checked")
    return await _form_once(request, visit, check_token=False)


FormDep = Annotated[Form, Depends(_form)]


class Needs:
    """Lets through who holds the right to one of `acts`, and writes that carry their token."""

    def __init__(self, *acts: Act) -> None:
        self.acts = acts

    async def __call__(self, request: Request, visit: VisitDep) -> None:
        """
        Raises:
            SignInNeeded, Forbidden: the subject does not hold the right.
            FirstDo: the session is not open yet: something is to be done first, and there is a page for it.
            ForgedRequest: a write without a valid token, or from another site.
        """
        visit.refuse_unfinished(self.acts)
        if not any(rights.allowed(visit.subject, act) for act in self.acts[1:]):
            rights.require(visit.subject, self.acts[0])
        visit.refuse_without_terms(self.acts)
        if request.method in csrf.WRITES:
            if visit.needs_token:
                await _refuse_forged(request, visit)
            visit.refuse_stale_proof(self.acts)
        request.state.cleared = True


class HoldsFiles:
    """Marks a route whose files are read at once and never stored; it stands before the right."""

    async def __call__(self, request: Request, services: ServicesDep) -> None:
        setattr(request.state, uploads.HELD, services.bundle_limit)


holds_files: params.Depends = Depends(HoldsFiles())
"""Declares that the files of a form are held in memory, up to the limit of a bundle."""


class Public:
    """Marks a route that anybody may ask for and that belongs to no utility."""

    def __call__(self) -> None:
        return None


def needs(*acts: Act) -> params.Depends:
    """Declare the right a route asks for; of several, one is enough."""
    declared: params.Depends = Depends(Needs(*acts))
    return declared


public: params.Depends = Depends(Public())
"""Declares a route open to anybody, at no utility: health, static files, the first page."""


async def _refuse_forged(request: Request, visit: Visit) -> None:
    csrf.refuse_foreign_origin(request, visit.services.public_url)
    sent = request.headers.get(csrf.HEADER)
    if sent is not None:
        if not visit.takes(sent):
            raise ForgedRequest("the header has no valid token")
    elif _is_form(request):
        await _form_once(request, visit, check_token=True)
    else:
        raise ForgedRequest("no token was sent")


async def _form_once(request: Request, visit: Visit, *, check_token: bool) -> Form:
    if not hasattr(request.state, "form"):
        request.state.form = await uploads.read_form(request, visit, check_token=check_token)
    found: Form = request.state.form
    return found


def _is_form(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in ("application/x-www-form-urlencoded", "multipart/form-data")

"""The demo's mails: what would have been sent, in memory only."""

from fastapi import APIRouter
from starlette.responses import Response

from akta.errors import NotFound
from akta.ids import TenantId
from api.dependencies import VisitDep, needs
from api.pages import frame
from people.rights import Act

router = APIRouter()


@router.get("/{tenant}/outbox", dependencies=[needs(Act.SEE_OUTBOX)])
def outbox_page(visit: VisitDep) -> Response:
    """Raises NotFound outside the demo."""
    outbox = visit.services.outbox
    if outbox is None:
        raise NotFound("outbox")
    return frame.show(visit, "outbox.html", mails=outbox.mails(TenantId(visit.utility.id)))

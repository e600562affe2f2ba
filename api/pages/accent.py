"""A utility's own colour: the only thing of the look that differs between utilities."""

from fastapi import APIRouter
from starlette.responses import Response

from akta.errors import NotFound
from api.colours import Oklch, accent_sheet, readable
from api.dependencies import VisitDep, needs
from people.rights import Act
from storage.tenants import Tenant

router = APIRouter()

PROFILE = "accent"
"""Key in a utility's profile: lightness, chroma and hue of its accent, in OKLCH."""


def accent_of(utility: Tenant) -> Oklch | None:
    """The utility's accent; one on which text could not be read is refused, and the look keeps its own."""
    match utility.profile.get(PROFILE):
        case [int() | float() as lightness, int() | float() as chroma, int() | float() as hue]:
            accent = Oklch(float(lightness), float(chroma), float(hue))
            return accent if readable(accent) else None
    return None


@router.get("/{tenant}/accent.css", dependencies=[needs(Act.SEE_SERVICES)])
def accent_styles(visit: VisitDep) -> Response:
    """The stylesheet with the accent.

    Raises:
        NotFound: the utility has none of its own, or one that would make text unreadable.
    """
    accent = accent_of(visit.utility)
    if accent is None:
        raise NotFound(PROFILE)
    return Response(accent_sheet(accent), media_type="text/css", headers={"cache-control": "private, max-age=300"})

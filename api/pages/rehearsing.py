"""The page beside `akta test`: what comes of the scenarios of a version, and which elements none of them passes."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import VisitDep, needs
from api.pages import frame, staff_rail, wording
from people.rights import Act
from storage.bundles import Deployment
from tasks import rehearsals

router = APIRouter()


@router.get("/{tenant}/processes/{deployment}/scenarios", dependencies=[needs(Act.SEE_PROCESSES)])
def scenarios_page(deployment: UUID, visit: VisitDep) -> Response:
    """Every scenario is played in the engine when the page is asked for; nothing of it is stored or sent."""
    with visit.uow.view() as tx:
        row = tx.get(Deployment, deployment)
        bundle, called = visit.services.runtime.definitions.with_called(tx, row)
        words = wording.of_deployment(tx, visit, row)
        queues = staff_rail.queues(tx, visit)
    found = rehearsals.coverage(bundle, called)
    names = {id_: words.step(row.key, id_, element.name) for id_, element in bundle.model.elements.items()}
    return frame.show(
        visit,
        "scenarios.html",
        title=words.title or row.key,
        version=row.version,
        url=f"{frame.base_of(visit)}/processes/{row.id}",
        scenarios=[
            {
                "name": one.name,
                "file": one.file,
                "problems": one.reasons(visit.language),
            }
            for one in found.scenarios
        ],
        failed=sum(1 for one in found.scenarios if one.problems),
        passed=[(id_, names[id_]) for id_ in found.passed],
        missed=[(id_, names[id_]) for id_ in found.left_out],
        queues=queues,
    )

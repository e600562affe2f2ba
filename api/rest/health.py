"""Whether this process lives, and whether what it stands on answers."""

from collections.abc import Callable
from http import HTTPStatus

import structlog
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from api.dependencies import ServicesDep, public

router = APIRouter(prefix="/health", tags=["health"], dependencies=[public])
log = structlog.get_logger("api.health")


class Readiness(BaseModel):
    """Each part with `ok` or `failed`."""

    ready: bool
    parts: dict[str, str]


@router.get("/live", status_code=204)
def is_alive() -> None:
    """The process answers."""


@router.get("/ready", response_model=Readiness, responses={503: {"model": Readiness}})
def is_ready(services: ServicesDep) -> JSONResponse:
    """Database and files answer."""
    parts = {"database": _answers(services.database.ready), "files": _answers(services.files.ready)}
    found = Readiness(ready=set(parts.values()) == {"ok"}, parts=parts)
    return JSONResponse(found.model_dump(), HTTPStatus.OK if found.ready else HTTPStatus.SERVICE_UNAVAILABLE)


def _answers(check: Callable[[], None]) -> str:
    try:
        check()
    except Exception as error:
        log.warning("not ready", kind=type(error).__qualname__)
        return "failed"
    return "ok"

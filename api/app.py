"""The web application: middlewares, answers to errors, routes. Built once at the door from what it is given."""

import json
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api import pages, problems
from api.ports import Services
from api.rest import router as rest
from api.rest.health import router as health
from api.security import BodyLimit, SecureAnswers
from api.streams import Streams
from api.tenants import Tenants

OPENAPI_URL = "/api/v1/openapi.json"
DESCRIPTION = (
    "Everything the pages can do. Writes authorised by a cookie carry X-CSRF-Token; a Bearer token needs none."
)


def create(services: Services) -> FastAPI:
    """The application of one process."""
    app = described()
    stand_on(app, services)
    app.add_middleware(
        BodyLimit, body=services.body_limit, uploads=services.uploads_limit, archives=services.bundle_limit
    )
    problems.install(app, pages.error_page)
    app.add_middleware(SecureAnswers, https=services.secure)
    app.include_router(pages.router)
    return app


def stand_on(app: FastAPI, services: Services) -> None:
    """Let every request from here on be answered with these services; limits of sizes stay those of its making."""
    app.state.services = services
    app.state.tenants = Tenants(services.database)
    app.state.streams = Streams()


class Application(FastAPI):
    """FastAPI, except that its description names one media type for problems: the one they really have."""

    def openapi(self) -> dict[str, Any]:
        found = super().openapi()
        for path in found["paths"].values():
            for operation in path.values():
                for answer in operation["responses"].values():
                    content = answer.get("content", {})
                    if problems.MEDIA_TYPE in content:
                        content.pop("application/json", None)
        return found


def described() -> FastAPI:
    """The application with its REST routes only: what `docs/openapi.json` is written from."""
    app = Application(
        title="Akta",
        version="1",
        description=DESCRIPTION,
        openapi_url=OPENAPI_URL,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
    )
    app.include_router(health)
    app.include_router(rest)
    return app


def description() -> str:
    """The OpenAPI document as it is committed (`akta openapi` prints it)."""
    return json.dumps(described().openapi(), indent=2, ensure_ascii=False, sort_keys=True)


def _operation_id(route: APIRoute) -> str:
    return route.name

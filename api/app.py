"""The web application: middlewares, answers to errors, routes. Built once at the door from what it is given."""

from importlib import import_module
from importlib.util import find_spec

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.responses import PlainTextResponse

from api import problems
from api.ports import Services
from api.rest import router as rest
from api.rest.health import router as health
from api.security import BodyLimit, SecureAnswers
from api.tenants import Tenants

DESCRIPTION = (
    "Everything the pages can do. Writes authorised by a cookie carry X-CSRF-Token; a Bearer token needs none."
)


def create(services: Services) -> FastAPI:
    """The application of one process."""
    app = FastAPI(
        title="Akta",
        version="1",
        description=DESCRIPTION,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
    )
    app.state.services = services
    app.state.tenants = Tenants(services.database)
    app.add_middleware(
        BodyLimit, body=services.body_limit, uploads=services.uploads_limit, archives=services.bundle_limit
    )
    problems.install(app, _error_page())
    app.add_middleware(SecureAnswers, https=services.secure)
    app.include_router(health)
    app.include_router(rest)
    _mount_pages(app)
    return app


def _mount_pages(app: FastAPI) -> None:
    if _pages_exist():
        app.include_router(import_module("api.pages").router)


def _error_page() -> problems.ErrorPage:
    if _pages_exist():
        shown: problems.ErrorPage = import_module("api.pages").error_page
        return shown
    return lambda request, problem: PlainTextResponse(problem.title, problem.status)


def _pages_exist() -> bool:
    return find_spec("api.pages") is not None and hasattr(import_module("api.pages"), "router")


def _operation_id(route: APIRoute) -> str:
    return route.name

"""REST under `/api/v1`: everything the pages can do, by the same use cases."""

from fastapi import APIRouter

from api.rest import billing, bundles, cases, documents, incidents, services, sessions, supply, tasks, uploads

router = APIRouter(prefix="/api/v1/{tenant}")
for _part in (sessions, services, uploads, cases, tasks, documents, supply, billing, bundles, incidents):
    router.include_router(_part.router)

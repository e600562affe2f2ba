"""REST under `/api/v1`: everything the pages can do, by the same use cases."""

from fastapi import APIRouter

router = APIRouter(prefix="/api/v1")

"""The pages people use, server-rendered; every one works without scripts."""

from fastapi import APIRouter

from api import assets
from api.pages import design, session
from api.pages.errors import error_page

__all__ = ["error_page", "router"]

router = APIRouter(include_in_schema=False)
for _part in (assets.router, design.router, session.router):
    router.include_router(_part)

"""The pages people use, server-rendered; every one works without scripts."""

from fastapi import APIRouter

from api import assets
from api.pages import (
    accent,
    account,
    administration,
    billing,
    calendar,
    cases,
    choices,
    clocks,
    comparing,
    contract_access,
    design,
    desk,
    errors,
    failed_cases,
    handed_over,
    home,
    kept,
    mandates,
    metering,
    mine,
    operating,
    outbox,
    over_there,
    papers,
    processes,
    rehearsing,
    session,
    signing,
    start,
    steps,
    team,
)
from api.pages.errors import error_page

__all__ = ["error_page", "router"]

router = APIRouter(include_in_schema=False)
for _part in (
    assets,
    accent,
    design,
    errors,
    session,
    over_there,
    account,
    administration,
    home,
    start,
    steps,
    cases,
    operating,
    clocks,
    choices,
    failed_cases,
    handed_over,
    calendar,
    desk,
    signing,
    kept,
    team,
    mine,
    contract_access,
    mandates,
    metering,
    papers,
    billing,
    processes,
    comparing,
    rehearsing,
    outbox,
):
    router.include_router(_part.router)

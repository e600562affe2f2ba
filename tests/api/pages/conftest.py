"""Browsers without scripts for the tests of pages."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from akta.subjects import Kind
from storage.tenants import Tenant
from tests.api.conftest import PASSWORD, NewAccount
from tests.api.pages.browser import Browser

SignedIn = Callable[..., Browser]


@pytest.fixture
def browser(new_client: Callable[[], TestClient], tenant: Tenant) -> Browser:
    """Somebody unknown."""
    return Browser(new_client(), f"/{tenant.code.lower()}")


@pytest.fixture
def signed_in(new_client: Callable[[], TestClient], tenant: Tenant, new_account: NewAccount) -> SignedIn:
    """Makes an account and signs it in."""

    def make(login: str, kind: Kind = Kind.STAFF, *groups: str) -> Browser:
        new_account(login, kind, *groups)
        made = Browser(new_client(), f"/{tenant.code.lower()}")
        made.sign_in(login, PASSWORD)
        return made

    return make

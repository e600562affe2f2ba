"""A customer reads their invoices, debts and meters by REST (F1–F3), and billing runs for those who may."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from fastapi.testclient import TestClient

from akta.clock import SetClock
from akta.ids import new_id
from heating import samples
from heating.samples import minta
from people.passwords import Hasher
from storage.cases import Case, Incident
from storage.database import Database
from storage.unit_of_work import UnitOfWork
from tests.api.conftest import PASSWORD, Visitor

REST = "/api/v1/MIN"
ON = datetime(2014, 11, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The queries themselves are proved on both databases in tests/heating."""
    return sqlite_database


@pytest.fixture
def customer(client: TestClient, database: Database, hasher: Hasher, clock: SetClock) -> TestClient:
    """The customer of the samples, signed in on 10 November 2014."""
    clock.at = ON
    samples.install(database, hasher, PASSWORD, ON)
    return _signed_in(client, minta.LOGIN)


def _signed_in(client: TestClient, login: str) -> TestClient:
    client.headers.pop("authorization", None)
    opened = client.post(f"{REST}/sessions", json={"login": login, "password": PASSWORD})
    client.headers["authorization"] = f"Bearer {opened.json()['token']}"
    return client


def test_invoices_and_debts_are_exact_to_the_forint(customer: TestClient) -> None:
    invoices = customer.get(f"{REST}/invoices").json()
    assert [(line["number"], int(Decimal(line["payable"])), line["status"]) for line in invoices] == [
        ("2014S000572", 38837, "current"),
        ("2014S000514", 25785, "settled"),
        ("2014S000460", 22592, "settled"),
        ("2014S000408", 25465, "settled"),
    ]
    whole = customer.get(f"{REST}/invoices/{invoices[0]['id']}").json()
    assert whole["line"] == invoices[0]
    debts = customer.get(f"{REST}/debts").json()
    assert len(debts) == 13
    assert sum(Decimal(line["open_amount"]) for line in debts if line["claim_number"]) == 3135


def test_meters_show_their_readings(customer: TestClient) -> None:
    (meter,) = [meter for meter in customer.get(f"{REST}/meters").json() if meter["serial"] == "37461"]
    shown = [
        (reading["on"], int(Decimal(reading["value"])), int(Decimal(reading["consumption"])))
        for reading in meter["readings"]
    ]
    assert shown[0] == ("2014-10-31", 1073, 5)
    assert len(shown) == 6
    assert sum(consumption for _, _, consumption in shown) == 21
    assert customer.get(f"{REST}/meters/{meter['id']}").json() == meter
    assert customer.get(f"{REST}/contracts").json()[0]["number"] == "MIN-0044"


def test_nobody_reads_the_invoice_of_somebody_else(customer: TestClient, visitor: Visitor) -> None:
    invoice = customer.get(f"{REST}/invoices").json()[0]["id"]
    other = visitor("customer")
    assert other.get(f"/api/v1/UKA/invoices/{invoice}").status_code == 404
    assert other.get("/api/v1/UKA/invoices").json() == []
    assert other.get(f"{REST}/invoices/{invoice}").status_code == 401
    billing = _signed_in(customer, "billing")
    assert billing.get(f"{REST}/invoices/{invoice}").status_code == 200
    assert billing.get(f"{REST}/meters").status_code == 403


def test_a_billing_run_with_nothing_to_bill_says_so_and_no_period_ahead_is_billed(customer: TestClient) -> None:
    clerk = _signed_in(customer, "billing")
    assert clerk.get(f"{REST}/billable").json() == []
    made = clerk.post(f"{REST}/billing-runs", json={"period_end": "2014-10-31"}).json()
    assert (made["invoices"], made["readings"], made["currency"]) == (0, 0, "HUF")
    assert clerk.get(f"{REST}/billing-runs").json()[0]["id"] == made["id"]
    assert clerk.get(f"{REST}/billing-runs/{made['id']}/invoices").json() == []
    assert clerk.post(f"{REST}/billing-runs", json={"period_end": "2015-10-31"}).status_code == 422


def test_supervision_sees_incidents_and_is_told_when_nothing_waits_any_more(
    visitor: Visitor, case: Case, uow: UnitOfWork, now: datetime
) -> None:
    with uow.begin() as tx:
        tx.add(Incident(case_id=case.id, token=999, element="answer", cause="no answer", created_at=now))
    head = visitor("supervision")
    (found,) = head.get("/api/v1/UKA/incidents").json()
    assert (found["case_id"], found["reference"], found["cause"]) == (str(case.id), case.reference, "no answer")
    assert head.post(f"/api/v1/UKA/incidents/{found['id']}/retry").status_code == 409
    assert visitor("front-desk").post(f"/api/v1/UKA/incidents/{found['id']}/retry").status_code == 403


def test_who_has_access_is_told_to_the_customer_and_strangers_end_nothing(customer: TestClient) -> None:
    (contract,) = customer.get(f"{REST}/access").json()
    (own,) = (holder for holder in contract["holders"] if holder["own"])
    assert own["state"] == "active"
    assert "…" in own["masked"]
    elsewhere = customer.delete(f"{REST}/access/{contract['id']}/{new_id()}")
    assert elsewhere.status_code == 404
    assert customer.delete(f"{REST}/access/{new_id()}/{own['account']}").status_code == 404
    assert customer.get(f"{REST}/access").json() == [contract]

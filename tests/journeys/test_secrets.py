"""Whatever way an application takes, none of its secrets is kept: not in rows, files, history or logs."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from akta.clock import SetClock
from akta.errors import Refusal
from akta.ids import CaseId, new_id
from akta.languages import language
from people import accounts, resets
from storage.people import Account
from tasks.signature_codes import WrongCode
from tests.journeys import applicants, office, traces
from tests.journeys.applicants import application, confirm, new_contract, sign_on_paper
from tests.journeys.conftest import TODAY
from tests.journeys.office import Office

pytestmark = pytest.mark.slow

SECRETS = (r"Temporary password: (\S+)", r"\b(\d{3} \d{3})\.", r"/c/([\w-]{40,})")
"""Where mails carry one: a temporary password, a code for signing, the token of a case's link."""


@dataclass(frozen=True)
class Way:
    """How one application goes: what is asked for again, mistyped, or left until it is too old."""

    capacity: str
    utility: str
    codes: int
    wrong_codes: int
    reissues: int
    wrong_passwords: int
    resets: int


WAYS = st.builds(
    Way,
    capacity=st.sampled_from(["self", "proxy"]),
    utility=st.sampled_from(["UKA", "MIN"]),
    codes=st.integers(1, 2),
    wrong_codes=st.integers(0, 2),
    reissues=st.integers(0, 2),
    wrong_passwords=st.integers(0, 2),
    resets=st.integers(0, 1),
)


@dataclass
class Journey:
    """One application from its form to an account in use, and the secrets that came up on the way."""

    house: Office
    way: Way
    own: set[str] = field(default_factory=set)

    def go(self) -> CaseId:
        house, way = self.house, self.way
        delivery = "e-sign" if way.utility == "MIN" else "post"
        form = application(house, new_contract(house), way.capacity, delivery_of_agreement=delivery)
        case = house.start("portal-access", form)
        confirm(house, case)
        if way.utility == "MIN" and way.capacity == "self":
            self._sign_by_code(case)
        else:
            sign_on_paper(house, case)
        for _ in range(way.reissues):
            house.wait(days=3, minutes=1)
        self._sign_in(str(form["email"]))
        return case

    def _sign_by_code(self, case: CaseId) -> None:
        signer, task = applicants.open_link(self.house, case), self.house.task(case, "return-signed")
        for _ in range(self.way.codes):
            code = applicants.ask_for_code(self.house, case, signer)
        for _ in range(self.way.wrong_codes):
            with pytest.raises(WrongCode):
                applicants.enter_code(self.house, task, signer, "000 000" if code != "000 000" else "111 111")
        applicants.enter_code(self.house, task, signer, code)
        applicants.countersign(self.house, case)

    def _sign_in(self, email: str) -> None:
        house = self.house
        login, _ = applicants.credentials(house, email)
        for number in range(self.way.wrong_passwords):
            self._keeps(f"Mistyped-{number}-{new_id().hex[-8:]}")
            with suppress(Refusal):
                accounts.sign_in(house.uow, house.akta.hasher, login, max(self.own), house.now)
        password = self._keeps(f"vlastni-heslo-{new_id().hex[-8:]}7")
        applicants.first_sign_in(house, password, email)
        for _ in range(self.way.resets):
            with house.uow.begin() as tx:
                token = self._keeps(resets.issue(tx, tx.get(Account, applicants.account(house, login).id), house.now))
            password = self._keeps(f"jine-heslo-{new_id().hex[-8:]}7")
            resets.redeem(house.uow, house.akta.hasher, token, password, password, language("en"), house.now)
        assert accounts.sign_in(house.uow, house.akta.hasher, login, password, house.now).token

    def _keeps(self, secret: str) -> str:
        self.own.add(secret)
        return secret

    @property
    def secrets(self) -> set[str]:
        """Everything secret: what was typed, and what the mails carried."""
        told = {found[1] for mail in self.house.mails for secret in SECRETS for found in re.finditer(secret, mail.body)}
        return self.own | told


@pytest.fixture
def houses(sqlite_office_url: str, tmp_path: Path) -> Iterator[dict[str, Office]]:
    """Two utilities in one installation: paper in one, codes in the other."""
    clock = SetClock(TODAY)
    akta = office.build(sqlite_office_url, tmp_path / "files", clock)
    yield {code: Office.opened(akta, clock, code) for code in ("UKA", "MIN")}
    akta.close()


def test_no_secret_of_any_journey_is_in_rows_objects_history_or_logs(
    houses: dict[str, Office], caplog: pytest.LogCaptureFixture
) -> None:
    @settings(max_examples=4, deadline=None, suppress_health_check=[*HealthCheck])
    @given(way=WAYS)
    def search(way: Way) -> None:
        caplog.clear()
        house = houses[way.utility]
        house.clock.at = TODAY
        journey = Journey(house, way)
        with caplog.at_level("DEBUG"):
            case = journey.go()
        kept = traces.everything_kept(house)
        logged = "\n".join(record.getMessage() for record in caplog.records)
        assert house.case(case).reference.encode() in kept, "the search finds what is there"
        assert b"<w:document" in kept, "and looks into documents"
        assert len(journey.secrets) >= 3, journey.secrets
        assert not traces.of(journey.secrets, kept + logged.encode())

    search()

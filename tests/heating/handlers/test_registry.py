"""The registry of the utility's calls."""

from bpmn.values import Value
from heating import addressees
from tasks import shapes
from tests.heating.office import Office, known_handlers

NAMES = {
    "match-contract",
    "reserve-slot",
    "release-slot",
    "find-duplicates",
    "merge-case",
    "list-holders",
    "close-holder",
    "record-mandate",
    "follow-mandate",
    "describe-mandate",
    "end-mandate",
    "create-account",
    "activate-slot",
    "close-account",
    "register-reading",
    "post-reading",
    "reject-reading",
    "supersede-reading",
    "check-caller",
    "find-customer",
    "read-invoice",
    "announce-terms",
    "identify-customer",
}
REMOTE = {"look-up-register"}


def test_every_call_that_writes_is_local_and_each_has_a_title_and_both_shapes() -> None:
    handlers = known_handlers()
    assert set(handlers.names()) == NAMES | REMOTE
    for name in NAMES | REMOTE:
        handler = handlers[name]
        assert (handler.local is None) == (name in REMOTE)
        assert handler.title
        assert handler.takes["type"] == handler.gives["type"] == "object"


def test_what_the_calls_answer_has_the_shape_they_promise(office: Office) -> None:
    contract = office.contract()
    case = office.case()
    matched = office.call("match-contract", case, {"contract_no": contract.number, "customer_no": "ZU0001"})
    shapes.check("match-contract", "gives", office.handlers["match-contract"].gives, matched)
    shapes.check(
        "match-contract",
        "gives",
        office.handlers["match-contract"].gives,
        office.call("match-contract", case, {"contract_no": "", "customer_no": ""}),
    )
    case, told = office.report(office.meter(contract), "1077", office.holder(contract))
    with office.uow.view() as tx:
        told_all: dict[str, Value] = {"reading": dict(told), "addressee": addressees.by_post(tx, contract.id)}
    shapes.check("register-reading", "gives", office.handlers["register-reading"].gives, told_all)
    office.decided(case, office.account("Odečty", "metering"))
    posted = office.post(case, told["id"])
    shapes.check("post-reading", "gives", office.handlers["post-reading"].gives, posted)

"""The table of rights as `docs/rights.md` shows it: written from what the code reads, compared by a test."""

from collections.abc import Sequence

from akta.subjects import Kind
from people import rights
from people.groups import NAMES, POWERFUL, ROLES, SEE_EVERY_CASE
from people.rights import WHILE, Act

_KINDS = (Kind.ANONYMOUS, Kind.CASE_LINK, Kind.CUSTOMER, Kind.MACHINE)
_HEAD = """# Who may do what

Written by `akta rights` from the table in `people/rights.py`, which every route, page and test reads. A mark opens a
door; what lies behind it is filtered in the query by `storage/visibility.py` as the column *behind* says, and always by
the utility. Everything not marked is refused.

"""
_ACTS = """## Acts

*fresh*: to write, one must have proved within the last quarter of an hour who one is.

"""
_BEHIND = """
## What lies behind

- A **case** is seen by whom it is about, by the holder of its link, by accounts linked to a contract it concerns (slot,
  mandate), by staff whose group or self is named by one of its tasks, and by the groups that see every case: {every}. A
  machine sees every case when its key has the scope `see-case`.
- A **task** is seen by the staff of its candidate groups and by whom it is assigned to; the applicant's tasks by those
  who see the case, the front desk included; supervision does any task. Claiming and completing asks further: it is
  free, it is still open, and what the process says about who may not check their own work.
- An **office** narrows what its clerks see to its own cases and those of no office, whatever else would let them in.
  Which office a case is of is said by its process (`hand-to-office`) or by hand; administration says it of a clerk.
- A **document** is seen with its case; applicants see only those meant for them.
- Membership of {powerful} takes two: an administrator asks, another one grants, and nobody decides about themselves.

## Sessions that are not open yet

"""
_GROUPS = """
## Groups and roles

"""


def page() -> str:
    """The whole page."""
    every = ", ".join(f"`{name}`" for name in sorted(SEE_EVERY_CASE & set(NAMES)))
    powerful = ", ".join(f"`{name}`" for name in sorted(POWERFUL))
    return "".join(
        (
            _HEAD,
            _ACTS,
            _table(["act", "behind", "fresh", *(kind.value for kind in _KINDS), *NAMES], [_row(act) for act in Act]),
            _BEHIND.format(every=every, powerful=powerful),
            _table(["stage", "open acts"], [[stage.value, _listed(acts)] for stage, acts in WHILE.items()]),
            _GROUPS,
            _table(["group", "called", "role of domain.md §4"], [[name, NAMES[name], ROLES[name]] for name in NAMES]),
        )
    )


def _row(act: Act) -> Sequence[str]:
    right = rights.TABLE[act]
    marks = ["✓" if holder in right.holders else "" for holder in (*(kind.value for kind in _KINDS), *NAMES)]
    return [f"`{act}`", right.behind.value, "✓" if right.fresh else "", *marks]


def _listed(acts: frozenset[Act]) -> str:
    return ", ".join(f"`{act}`" for act in sorted(acts))


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rows = [head, ["-"] * len(head), *lines]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)

"""The shipped bundles fit the table of rights."""

from akta import bootstrap
from people import groups, rights
from people.rights import Act


def test_whoever_may_enter_from_paper_finds_a_form_to_enter_and_nobody_else_does() -> None:
    starts = [bundle.settings.start for bundle in bootstrap.shipped()]
    offered = {group for start in starts if start and start.staff for group in start.staff.by}
    assert rights.TABLE[Act.ENTER_FROM_PAPER] & groups.GROUPS == offered

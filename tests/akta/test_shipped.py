"""The shipped bundles fit the table of rights, and speak each of their languages to the end."""

import pytest

from akta import bootstrap
from akta.languages import NAMES
from bpmn.bundle import Bundle
from people import groups, rights
from people.rights import Act


def test_whoever_may_enter_from_paper_finds_a_form_to_enter_and_nobody_else_does() -> None:
    starts = [bundle.settings.start for bundle in bootstrap.shipped()]
    offered = {group for start in starts if start and start.staff for group in start.staff.by}
    assert rights.TABLE[Act.ENTER_FROM_PAPER].holders & groups.GROUPS == offered


@pytest.mark.parametrize(
    ("bundle", "language"),
    [(bundle, language) for bundle in bootstrap.shipped() for language in bundle.written_languages],
    ids=lambda each: each if isinstance(each, str) else each.key,
)
def test_every_text_of_a_bundle_and_its_forms_is_there_in_each_of_its_languages(bundle: Bundle, language: str) -> None:
    assert language in NAMES
    assert bundle.missing(language) == ()

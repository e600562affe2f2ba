"""Drafts of bundles: begun, saved by several people, undone across reloads, discarded and brought back."""

from datetime import datetime, timedelta

import pytest

from akta.ids import BundleDraftId, DeploymentId
from akta.subjects import Actor, Door
from bpmn import bundle as bundles
from bpmn.merging import Side
from storage.bundle_drafts import BundleDraft
from tests.workflows import toys
from tests.workflows.house import BY, House
from workflows import bundle_drafts, bundle_rights, draft_edits, draft_files, draft_presence, draft_saves
from workflows.bundle_drafts import NotOpen, NoWords, TooLate
from workflows.bundle_rights import BundleAct, NotNamed
from workflows.draft_edits import Edit, NotAFile, NothingToUndo, Saved
from workflows.draft_saves import Did

TEXTS = "i18n/en.toml"
TABLE = "readme.dmn"


@pytest.fixture
def draft(house: House, now: datetime) -> BundleDraftId:
    base = house.deploy(toys.permit(), now=now)
    with house.uow.begin() as tx:
        return BundleDraftId(bundle_drafts.begin(tx, DeploymentId(base.id), "Ask less", BY, now).id)


def files(house: House, draft: BundleDraftId, until: int | None = None) -> dict[str, bytes]:
    with house.uow.view() as tx:
        return draft_files.files(tx, tx.get(BundleDraft, draft), until)


def put(house: House, draft: BundleDraftId, path: str, content: bytes | None, now: datetime, seen: str = "") -> Saved:
    """Save what began from `seen`, or from what is there."""
    with house.uow.view() as tx:
        there = draft_files.mark(draft_files.find(tx, tx.get(BundleDraft, draft), path))
    return draft_edits.save(house.uow, draft, Edit(path, content, seen or there), BY, now)


def test_a_draft_holds_the_files_of_its_version_and_what_was_saved_since(
    house: House, draft: BundleDraftId, now: datetime
) -> None:
    assert files(house, draft) == dict(toys.permit().files)
    put(house, draft, TABLE, b"<broken", now)
    put(house, draft, "README.md", b"Why", now)
    put(house, draft, "README.md", None, now)
    assert files(house, draft).keys() == toys.permit().files.keys() | {TABLE}
    with house.uow.view() as tx:
        row = tx.get(BundleDraft, draft)
        assert draft_files.marks(tx, row) == {
            path: draft_files.mark(content) for path, content in files(house, draft).items()
        }
        told = [(one.kind, one.path, one.actor) for one in draft_saves.saves(tx, row)]
    assert told == [("begun", "", "Test"), *(("saved", path, "Test") for path in (TABLE, "README.md", "README.md"))]
    assert files(house, draft, until=3)["README.md"] == b"Why"


def test_what_is_no_file_of_a_bundle_is_refused(house: House, draft: BundleDraftId, now: datetime) -> None:
    for path in ("../bundle.toml", "scripts/run.py", "forms/x.form/y", "letters/a.docx", ""):
        with pytest.raises(NotAFile):
            put(house, draft, path, b"x", now)
    with pytest.raises(NotAFile, match="larger"):
        put(house, draft, "process.bpmn", b" " * 10_000_001, now)
    with pytest.raises(NotAFile, match="needed"):
        put(house, draft, "process.bpmn", None, now)


def test_changes_are_undone_and_redone_file_by_file(house: House, draft: BundleDraftId, now: datetime) -> None:
    for content in (b"one", b"two", b"three"):
        put(house, draft, "README.md", content, now)
    put(house, draft, TABLE, b"other", now)

    def undo(*, again: bool = False) -> bytes | None:
        draft_edits.undo(house.uow, draft, "README.md", BY, now, again=again)
        return files(house, draft).get("README.md")

    assert [undo(), undo(), undo(again=True), undo(), undo()] == [b"two", b"one", b"two", b"one", None]
    with pytest.raises(NothingToUndo):
        undo()
    assert [undo(again=True), undo(again=True)] == [b"one", b"two"]
    put(house, draft, "README.md", b"four", now)
    with pytest.raises(NothingToUndo):
        undo(again=True)
    assert undo() == b"two"
    assert files(house, draft)[TABLE] == b"other"


def test_a_file_undone_to_the_beginning_is_as_in_the_version(house: House, draft: BundleDraftId, now: datetime) -> None:
    put(house, draft, TEXTS, b"title = 1", now)
    draft_edits.undo(house.uow, draft, TEXTS, BY, now)
    assert files(house, draft) == dict(toys.permit().files)


def test_of_two_people_in_one_file_nobody_loses_what_they_wrote(
    house: House, draft: BundleDraftId, now: datetime
) -> None:
    seen = put(house, draft, "README.md", b"both saw this", now).mark
    put(house, draft, "README.md", b"hers", now, seen)
    late = put(house, draft, "README.md", b"his", now, seen)
    assert late.did is Did.BESIDE
    assert [one.element for one in late.conflicts] == [""]
    assert files(house, draft)["README.md"] == b"hers"
    with house.uow.view() as tx:
        (kept,) = draft_saves.beside(tx, tx.get(BundleDraft, draft))
    assert kept.number == late.number
    chosen = draft_edits.choose(house.uow, draft, late.number, {"": Side.MINE}, BY, now)
    assert (chosen.did, files(house, draft)["README.md"]) == (Did.MERGED, b"his")
    with house.uow.view() as tx:
        assert draft_saves.beside(tx, tx.get(BundleDraft, draft)) == []
    draft_edits.undo(house.uow, draft, "README.md", BY, now)
    assert files(house, draft)["README.md"] == b"hers"


def test_saving_the_same_twice_does_nothing_the_second_time(house: House, draft: BundleDraftId, now: datetime) -> None:
    first = put(house, draft, "README.md", b"once", now)
    again = draft_edits.save(house.uow, draft, Edit("README.md", b"once", "f" * 64), BY, now)
    assert (again.number, again.mark) == (first.number, first.mark)


def test_a_discarded_draft_is_brought_back_for_thirty_days(house: House, draft: BundleDraftId, now: datetime) -> None:
    put(house, draft, "README.md", b"kept", now)
    with house.uow.begin() as tx:
        bundle_drafts.discard(tx, draft, BY, now)
    with pytest.raises(NotOpen):
        put(house, draft, "README.md", b"late", now)
    with house.uow.view() as tx:
        assert bundle_drafts.open_drafts(tx) == []
        assert [one.id for one in bundle_drafts.discarded_drafts(tx, now)] == [draft]
    almost = now + timedelta(days=30)
    with house.uow.begin() as tx:
        bundle_drafts.bring_back(tx, draft, BY, almost)
    assert files(house, draft)["README.md"] == b"kept"
    with house.uow.begin() as tx:
        bundle_drafts.discard(tx, draft, BY, almost)
    with pytest.raises(TooLate), house.uow.begin() as tx:
        bundle_drafts.bring_back(tx, draft, BY, almost + timedelta(days=30, seconds=1))


def test_what_was_done_is_named_with_a_reason(house: House, draft: BundleDraftId, now: datetime) -> None:
    with house.uow.begin() as tx:
        assert bundle_drafts.name_state(tx, draft, "  Fewer\nquestions ", BY, now).reason == "Fewer questions"
    for words in (" ", "x" * 501):
        with pytest.raises(NoWords), house.uow.begin() as tx:
            bundle_drafts.name_state(tx, draft, words, BY, now)


def test_a_draft_that_became_a_version_is_closed(house: House, draft: BundleDraftId, now: datetime) -> None:
    put(house, draft, "README.md", b"new", now)
    made = house.deploy(bundles.from_files(files(house, draft)), now=now)
    with house.uow.begin() as tx:
        bundle_drafts.close(tx, draft, made, BY, now)
    with pytest.raises(NotOpen):
        put(house, draft, "README.md", b"newer", now)


def test_where_somebody_is_named_nobody_else_changes_a_bundle(
    house: House, draft: BundleDraftId, now: datetime
) -> None:
    owner, other = (house.subject(name, now, "process-owners").acting(Door.PAGE) for name in ("Ema N", "Jan N"))
    assert owner.account
    with house.uow.begin() as tx:
        bundle_rights.name(tx, "permit", BundleAct.EDIT, [owner.account], BY, now)

    def save(by: Actor) -> Saved:
        return draft_edits.save(house.uow, draft, Edit("README.md", by.name.encode(), draft_files.GONE), by, now)

    with pytest.raises(NotNamed):
        save(other)
    assert save(owner).did is Did.SAVED
    with house.uow.begin() as tx:
        assert not bundle_rights.may(tx, "permit", BundleAct.EDIT, other)
        assert bundle_rights.may(tx, "permit", BundleAct.RELEASE, other)
        bundle_rights.name(tx, "permit", BundleAct.EDIT, [], BY, now)
        assert bundle_rights.may(tx, "permit", BundleAct.EDIT, other)


def test_who_has_a_draft_open_is_told_to_the_others(house: House, draft: BundleDraftId, now: datetime) -> None:
    ema, jan = (house.subject(name, now, "process-owners").acting(Door.PAGE) for name in ("Ema N", "Jan N"))

    def say(by: Actor, path: str, at: datetime) -> list[tuple[str, str]]:
        with house.uow.begin() as tx:
            return [(one.name, one.path) for one in draft_presence.say(tx, draft, path, by, at)]

    assert say(ema, "process.bpmn", now) == []
    assert say(jan, "bundle.toml", now) == [("Ema N", "process.bpmn")]
    later = now + timedelta(seconds=30)
    assert say(ema, "bundle.toml", later) == [("Jan N", "bundle.toml")]
    assert say(ema, "bundle.toml", now + timedelta(seconds=60)) == []

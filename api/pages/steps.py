"""A start form step by step: one group of questions on a page, kept on our side, looked over before it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from akta.errors import Invalid, NotFound
from akta.languages import N_
from akta.subjects import Kind
from api.dependencies import FormDep, VisitDep, needs
from api.pages import frame, questions
from api.problems import problem_of
from api.render import Link
from api.uploads import Form
from api.visits import Visit, draft_holder, keep_session
from bpmn.forms import FieldView, Step
from people import case_links
from people.rights import Act
from storage.unit_of_work import Transaction
from tasks import draft_links, start_drafts, submissions
from tasks.start_drafts import Answers, Change, ChangedElsewhere, Kept, NoDraft
from tasks.submissions import StartForm, Submission

router = APIRouter()

OWN = [needs(Act.START_APPLICATION)]
TO, SEEN, BACK, LATER, SUMMARY = "_to", "_seen", "back", "later", "summary"
CHANGED = N_("What you typed is below and is not kept yet. In the other window it says: %(kept)s")


@dataclass(frozen=True)
class Walk:
    """The form as it stands: its steps that show with the answers given, and all its rows."""

    start: StartForm
    rows: tuple[FieldView, ...]
    steps: tuple[Step, ...]
    kept: Kept | None

    def step(self, step_id: str) -> Step:
        """
        Raises:
            NotFound: no such step shows with these answers.
        """
        found = next((step for step in self.steps if step.id == step_id), None)
        if found is None:
            raise NotFound(step_id)
        return found

    def place(self, step: Step) -> int:
        return self.steps.index(step)

    @property
    def unfinished(self) -> Step | None:
        """The first step that was not gone through."""
        done = self.kept.done if self.kept else frozenset[str]()
        return next((step for step in self.steps if step.id not in done), None)

    def after(self, step: Step, *, on: bool) -> str:
        """Where to go once this step is done: to the one that follows, or (not `on`) to what is left to do."""
        if on and step is not self.steps[-1]:
            return f"steps/{self.steps[self.place(step) + 1].id}"
        left = self.unfinished
        return SUMMARY if left is None else f"steps/{left.id}"


def go_on(visit: Visit, bundle: str) -> Response:
    """To the first step, or to where somebody stopped."""
    with visit.uow.view() as tx:
        walk = _walk(tx, visit, bundle)
    if walk.kept is None:
        return frame.go(visit, f"/start/{bundle}/steps/{walk.steps[0].id}")
    left = walk.unfinished
    return frame.go(visit, f"/start/{bundle}/{SUMMARY if left is None else f'steps/{left.id}'}?kept=1")


@router.get("/{tenant}/start/{bundle}/steps/{step}", dependencies=OWN)
def step_page(
    bundle: str, step: str, visit: VisitDep, kept: bool = False, check: bool = False, change: bool = False
) -> Response:
    """One step with what is kept of it; `check`: with what is wrong, `change`: on the way back to the summary."""
    with visit.uow.view() as tx:
        walk = _walk(tx, visit, bundle)
        found = walk.step(step)
        errors = _errors(tx, visit, walk) if check else {}
        names = _names(tx, visit, walk)
    shown = {key: errors[key] for key in found.keys if key in errors}
    return _show(visit, walk, found, names, errors=shown, resumed=kept, change=change or check)


@router.post("/{tenant}/start/{bundle}/steps/{step}", dependencies=OWN)
def save_step(bundle: str, step: str, visit: VisitDep, form: FormDep) -> Response:
    """Keep the answers, right or wrong, and go on, back, or away for a while."""
    sent = questions.sent(form)
    with visit.uow.view() as tx:
        walk = _walk(tx, visit, bundle, sent)
        found = walk.step(step)
        errors = {**_errors(tx, visit, walk, sent, found), **questions.refused(visit, form)}
        names = _names(tx, visit, walk)
    if questions.wants_drawing(form):
        return _show(visit, walk, found, names, seen=form.get(SEEN), change=form.get(TO) == SUMMARY)
    try:
        change = Change(sent, found.keys, form.get(SEEN), found.id, done=not errors)
        start_drafts.save(visit.uow, draft_holder(visit), bundle, change, visit.now)
    except ChangedElsewhere as refusal:
        return _changed(visit, walk, found, names, refusal.kept)
    return _onward(visit, bundle, found, form, errors)


@router.get("/{tenant}/start/{bundle}/summary", dependencies=OWN)
def summary_page(bundle: str, visit: VisitDep, kept: bool = False) -> Response:
    """Everything that was answered, before it is sent."""
    with visit.uow.view() as tx:
        walk = _walk(tx, visit, bundle)
        left = walk.unfinished
        if left is not None:
            return frame.go(visit, f"/start/{bundle}/steps/{left.id}")
        names = _names(tx, visit, walk)
    return _summary(visit, walk, {}, names, resumed=kept)


@router.post("/{tenant}/start/{bundle}/summary", dependencies=OWN)
def send_draft(bundle: str, visit: VisitDep, form: FormDep) -> Response:
    """Send what was looked over; pressed twice it is one case. What is wrong leads to its step."""
    wanted = Submission(bundle, {}, form.get("submission_key"), language=visit.language.code, place=visit.address)
    holder = draft_holder(visit)
    try:
        received = start_drafts.send(
            visit.uow, visit.services.desk, visit.subject, visit.door, holder, wanted, visit.now
        )
    except NoDraft:
        return frame.go(visit, f"/start/{bundle}")
    except Invalid as refusal:
        with visit.uow.view() as tx:
            walk = _walk(tx, visit, bundle)
            names = _names(tx, visit, walk)
        said = refusal.fields or {"": problem_of(refusal, visit.language).title}
        return _summary(visit, walk, said, names)
    return sent(visit, received)


@router.get("/{tenant}/start/{bundle}/later", dependencies=OWN)
def later_page(bundle: str, visit: VisitDep, sent: bool = False) -> Response:
    """That everything is kept until when, and a link by e-mail to go on elsewhere."""
    return _later(visit, bundle, sent=sent)


@router.post("/{tenant}/start/{bundle}/later", dependencies=OWN)
def mail_link(bundle: str, visit: VisitDep, form: FormDep) -> Response:
    typed = form.get("email")
    try:
        draft_links.ask(visit.uow, visit.services.desk, asking(visit), bundle, typed, visit.now)
    except Invalid as refusal:
        return _later(visit, bundle, errors=refusal.fields, typed=typed)
    return frame.go(visit, f"/start/{bundle}/later?sent=1")


@router.post("/{tenant}/start/{bundle}/discard", dependencies=OWN)
def discard_draft(bundle: str, visit: VisitDep) -> Response:
    """Throw away what was begun, and begin anew."""
    start_drafts.drop(visit.uow, draft_holder(visit), bundle, visit.now)
    return frame.go(visit, f"/start/{bundle}")


@router.get("/{tenant}/d/{token}", dependencies=OWN)
def resume_page(token: str, visit: VisitDep) -> Response:
    """Behind the link in a mail: a button, so that no program that looks into mails takes the draft up."""
    with visit.uow.view() as tx:
        kept = start_drafts.behind(tx, token, visit.now)
        begun = submissions.begin(tx, visit.services.desk, visit.subject, kept.bundle, visit.now)
        own = start_drafts.find(tx, draft_holder(visit), kept.bundle, visit.now)
    title = begun.bundle.texts(visit.language.code).title
    other = own is not None and own.id != kept.id
    return frame.show(visit, "resume.html", title=title, kept=kept, token=token, other=other)


@router.post("/{tenant}/d/{token}", dependencies=OWN)
def resume_draft(token: str, visit: VisitDep) -> Response:
    kept = start_drafts.take_up(visit.uow, draft_holder(visit), token, visit.now)
    return frame.go(visit, f"/start/{kept.bundle}")


def sent(visit: Visit, received: submissions.Received) -> Response:
    """On to the case. Who is not signed in gets a session that sees this one case, as its link would give."""
    answer = frame.go(visit, f"/cases/{received.case_id}?sent=1")
    if visit.subject.kind in (Kind.ANONYMOUS, Kind.CASE_LINK):
        with visit.uow.begin() as tx:
            token = case_links.issue(tx, received.case_id, None, visit.now)
        keep_session(answer, visit, case_links.open(visit.uow, token, visit.now).session)
    return answer


def asking(visit: Visit) -> draft_links.Asking:
    """Who asks for a link, and from where."""
    return draft_links.Asking(visit.subject, visit.door, draft_holder(visit), visit.address, visit.language)


def _walk(tx: Transaction, visit: Visit, bundle: str, sent: Answers | None = None) -> Walk:
    """The form with what is kept and, over it, what was just sent.

    Raises:
        NotFound: it is not filled in step by step.
    """
    desk = visit.services.desk
    begun = submissions.begin(tx, desk, visit.subject, bundle, visit.now, language=visit.language.code)
    if not submissions.in_steps(begun):
        raise NotFound(f"{bundle} has no steps")
    kept = start_drafts.find(tx, draft_holder(visit), bundle, visit.now)
    wanted = _wanted(visit, bundle, kept, sent)
    drawn = submissions.redraw(tx, desk, visit.subject, begun, wanted, visit.now)
    steps = tuple(step for step in begun.form.steps if step.of(drawn.fields))
    return Walk(drawn, drawn.fields, steps, kept)


def _wanted(visit: Visit, bundle: str, kept: Kept | None, sent: Answers | None = None) -> Submission:
    """What would be sent now: the answers that are kept and, over them, those just typed."""
    answers = {**(kept.answers if kept else {}), **(sent or {})}
    return Submission(bundle, answers, "", language=visit.language.code)


def _errors(
    tx: Transaction, visit: Visit, walk: Walk, sent: Answers | None = None, step: Step | None = None
) -> Mapping[str, str]:
    """What is wrong with the answers so far; of one step only, where it is given."""
    wanted = _wanted(visit, walk.start.bundle.key, walk.kept, sent)
    found = submissions.errors(tx, visit.services.desk, visit.subject, walk.start, wanted, visit.now)
    return found if step is None else {key: found[key] for key in step.keys if key in found}


def _names(tx: Transaction, visit: Visit, walk: Walk) -> dict[str, str]:
    """The names of the files given: those that wait with the draft, and those sent just now."""
    kept = questions.file_names(tx, walk.rows, walk.kept.upload_key) if walk.kept else {}
    return {**kept, **questions.file_names(tx, walk.rows, visit.upload_key)}


def _onward(visit: Visit, bundle: str, step: Step, form: Form, errors: Mapping[str, str]) -> Response:
    to = form.get(TO)
    with visit.uow.view() as tx:
        walk = _walk(tx, visit, bundle)
        names = _names(tx, visit, walk)
    place = walk.place(walk.step(step.id))
    if to == BACK and place > 0:
        return frame.go(visit, f"/start/{bundle}/steps/{walk.steps[place - 1].id}")
    if to == LATER:
        return frame.go(visit, f"/start/{bundle}/{LATER}")
    if errors:
        return _show(visit, walk, step, names, errors=errors, change=to == SUMMARY, status=422)
    return frame.go(visit, f"/start/{bundle}/{walk.after(step, on=to != SUMMARY)}")


def _changed(visit: Visit, walk: Walk, step: Step, names: dict[str, str], kept: Answers) -> Response:
    """The step as it was typed, beside how it stands: whoever sends it again has seen both."""
    labels = {row.key: row for row in step.of(walk.rows)}
    others = [
        f"{labels[key].label}: {', '.join(kept.get(key, ())) or '–'}"
        for key in step.keys
        if key in labels and labels[key].type != "filepicker"
    ]
    said = visit.language.gettext(CHANGED) % {"kept": "; ".join(others)}
    seen = start_drafts.mark(kept, step.keys)
    return _show(visit, walk, step, names, seen=seen, changed=said, status=409)


def _show(
    visit: Visit,
    walk: Walk,
    step: Step,
    names: dict[str, str],
    *,
    errors: Mapping[str, str] | None = None,
    seen: str | None = None,
    changed: str = "",
    resumed: bool = False,
    change: bool = False,
    status: int = 200,
) -> Response:
    texts = walk.start.bundle.texts(visit.language.code)
    rows = _with(visit, walk, errors) if errors else walk.rows
    shown, place = step.of(rows), walk.place(walk.step(step.id))
    heading = next((row for row in shown if row.type == "group" and row.level == 0), None)
    drawn = walk.kept.answers if walk.kept else {}
    return frame.show(
        visit,
        "step.html",
        status=status,
        title=texts.title,
        needs=texts.before_you_start if place == 0 and not resumed else (),
        heading=heading,
        fields=[row for row in shown if row is not heading],
        number=place + 1,
        of=len(walk.steps),
        errors=questions.summary(shown, errors or {}),
        changed=changed,
        kept=walk.kept,
        resumed=resumed,
        seen=start_drafts.mark(drawn, step.keys) if seen is None else seen,
        to=SUMMARY if change else "",
        base=f"{frame.base_of(visit)}/start/{walk.start.bundle.key}",
        step=step.id,
        uploads=frame.uploads_of(visit, names),
    )


def _with(visit: Visit, walk: Walk, errors: Mapping[str, str]) -> tuple[FieldView, ...]:
    """The rows with what is wrong with them."""
    wanted = _wanted(visit, walk.start.bundle.key, walk.kept)
    with visit.uow.view() as tx:
        return submissions.redraw(tx, visit.services.desk, visit.subject, walk.start, wanted, visit.now, errors).fields


def _summary(
    visit: Visit, walk: Walk, errors: Mapping[str, str], names: dict[str, str], *, resumed: bool = False
) -> Response:
    texts = walk.start.bundle.texts(visit.language.code)
    base = f"{frame.base_of(visit)}/start/{walk.start.bundle.key}"
    where = {key: step.id for step in walk.steps for key in step.keys}
    labels = {row.key: row.label for row in walk.rows}
    return frame.show(
        visit,
        "summary.html",
        status=422 if errors else 200,
        title=texts.title,
        parts=[_part(step, walk.rows, names, base) for step in walk.steps],
        errors=[_mistake(base, where, labels, key, said) for key, said in errors.items()],
        kept=walk.kept,
        resumed=resumed,
        submission_key=walk.kept.submission_key if walk.kept else "",
        base=base,
        back=f"{base}/steps/{walk.steps[-1].id}",
        button=texts.button(walk.start.form.id),
    )


def _mistake(base: str, where: Mapping[str, str], labels: Mapping[str, str], key: str, said: str) -> Link:
    """A mistake with the way to the step where it can be mended."""
    address = f"{base}/steps/{where[key]}?check=1#field-{key}" if key in where else "#parts"
    return Link(address, f"{labels[key]}: {said}" if labels.get(key) else said)


def _part(step: Step, rows: tuple[FieldView, ...], names: Mapping[str, str], base: str) -> Mapping[str, object]:
    shown = step.of(rows)
    heading = next((row.label for row in shown if row.type == "group"), "")
    lines = [
        (row.label, ", ".join(names.get(file.id, "") or file.name for file in row.files) if row.files else row.shown)
        for row in shown
        if row.type not in ("group", "text", "separator", "table")
    ]
    return {"title": heading, "lines": lines, "url": f"{base}/steps/{step.id}?change=1", "id": step.id}


def _later(
    visit: Visit, bundle: str, *, errors: Mapping[str, str] | None = None, typed: str | None = None, sent: bool = False
) -> Response:
    with visit.uow.view() as tx:
        walk = _walk(tx, visit, bundle)
    if walk.kept is None:
        return frame.go(visit, f"/start/{bundle}")
    keys = walk.start.bundle.settings.applicant
    told = walk.kept.answers.get(keys.email, [""])[0] if keys else ""
    return frame.show(
        visit,
        "later.html",
        status=422 if errors else 200,
        title=walk.start.bundle.texts(visit.language.code).title,
        kept=walk.kept,
        typed=told if typed is None else typed,
        errors=errors or {},
        sent=sent,
        base=f"{frame.base_of(visit)}/start/{bundle}",
        signed_in=visit.subject.kind is Kind.CUSTOMER,
    )

"""What people call the things of a case: its title, steps, documents and states, in the language of the page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from akta.errors import NotFound
from akta.ids import CaseId
from akta.languages import N_, Language
from api.visits import Visit
from bpmn.bundle import Bundle
from bpmn.model import Element
from bpmn.texts import ElementText, OutcomeText, Texts
from storage.bundles import Deployment
from storage.cases import Case
from storage.documents import DocumentRow
from storage.unit_of_work import Transaction
from workflows import queries


@dataclass(frozen=True)
class Tag:
    """A state: word, shape and colour together. `words` is a msgid."""

    tone: str
    icon: str
    words: str


APPLICANT_STATES: Mapping[str, Tag] = {
    "received": Tag("info", "inbox", N_("received")),
    "in_work": Tag("accent", "circle-dot", N_("being worked on")),
    "waiting_applicant": Tag("warn", "pen-line", N_("waiting for you")),
    "waiting": Tag("accent", "circle-dot", N_("being worked on")),
    "closed": Tag("plain", "circle-check", N_("closed")),
}
STAFF_STATES: Mapping[str, Tag] = {
    **APPLICANT_STATES,
    "waiting_applicant": Tag("warn", "hourglass", N_("waiting for the applicant")),
    "waiting": Tag("info", "hourglass", N_("waiting for a day or an event")),
}
STOPPED = Tag("late", "triangle-alert", N_("stopped"))
SUSPENDED = Tag("warn", "ban", N_("suspended"))
INVOICE_TAGS: Mapping[str, tuple[str, str]] = {
    "current": ("info", "clock"),
    "part": ("warn", "circle-dot"),
    "overdue": ("late", "triangle-alert"),
    "settled": ("ok", "check"),
    "reversed": ("plain", "ban"),
}
THE_APPLICANT = N_("Applicant")
CHANNELS: Mapping[str, str] = {
    "web": N_("by web form"),
    "paper": N_("on paper"),
    "message": N_("by a message"),
    "signal": N_("by a signal"),
    "timer": N_("by the clock"),
    "counter": N_("at the counter"),
    "phone": N_("by telephone"),
    "email": N_("by e-mail"),
    "post": N_("by post"),
    "data-box": N_("by data box"),
    "list": N_("in a list"),
    "system": N_("by the utility itself"),
}


@dataclass(frozen=True)
class Wording:
    """The texts of a case's own bundle and of those it calls, by key; its own is the first."""

    bundles: Mapping[str, Bundle]
    language: Language

    @cached_property
    def texts(self) -> Mapping[str, Texts]:
        return {key: bundle.texts(self.language.code) for key, bundle in self.bundles.items()}

    @property
    def own(self) -> Texts:
        return next(iter(self.texts.values()))

    @property
    def title(self) -> str:
        return self.own.title

    def bundle(self, key: str) -> Bundle:
        """
        Raises:
            NotFound: the case calls no such process.
        """
        if key not in self.bundles:
            raise NotFound(key)
        return self.bundles[key]

    def element(self, process: str, element: str) -> ElementText:
        texts = self.texts.get(process)
        return texts.element(element) if texts else ElementText()

    def step(self, process: str, element: str, otherwise: str = "") -> str:
        """What a step is called; the name in the model where the texts have none."""
        return self.element(process, element).name or otherwise or element

    def anywhere(self, element: str) -> str:
        """The same for an element of which only the id is known."""
        found = (texts.element(element).name for texts in self.texts.values())
        return next((name for name in found if name), "") or self._modelled(element)

    def _modelled(self, element: str) -> str:
        """The name an element has in the model, else its id."""
        return next((one.name for one in self._elements(element) if one.name), element)

    def _elements(self, element: str) -> list[Element]:
        models = (bundle.model for bundle in self.bundles.values())
        return [model.elements[element] for model in models if element in model.elements]

    def awaited(self, element: str) -> bool:
        """Whether an event is one that the case waits for: the texts name it, and it does not only begin a part that
        may begin at any time, as a withdrawal may."""
        begins = any(one.type == "startEvent" for one in self._elements(element))
        return not begins and any(texts.element(element).name for texts in self.texts.values())

    def outcome(self, end: str) -> OutcomeText:
        found = (texts.outcome(end) for texts in self.texts.values())
        return next((text for text in found if text.title), OutcomeText())

    def document(self, row: DocumentRow) -> str:
        """What a document is: the title of its letter, the label of the field it answers, its file name."""
        for key, texts in self.texts.items():
            if row.origin == "generated" and (title := texts.letter(row.kind)):
                return title
            for form in self.bundles[key].forms:
                if row.origin != "generated" and (label := texts.field(form, row.kind).label):
                    return label
        return row.name


def of_case(tx: Transaction, visit: Visit, case_id: CaseId) -> Wording:
    """The words of a case the visitor has been let to."""
    return of_deployment(tx, visit, tx.get(Deployment, tx.get(Case, case_id).deployment_id))


def of_deployment(tx: Transaction, visit: Visit, deployment: Deployment) -> Wording:
    definitions = visit.services.runtime.definitions
    hashes = {deployment.key: deployment.content_hash} | {key: str(found) for key, found in deployment.closure.items()}
    return Wording({key: definitions.bundle(tx, found) for key, found in hashes.items()}, visit.language)


def of_hash(tx: Transaction, visit: Visit, content_hash: str) -> Texts:
    """The texts of one bundle."""
    return visit.services.runtime.definitions.bundle(tx, content_hash).texts(visit.language.code)


def of_cases(tx: Transaction, visit: Visit, cases: Iterable[CaseId]) -> dict[CaseId, Wording]:
    """The words of several cases at once."""
    found = queries.deployments_of(tx, set(cases))
    return {case_id: of_deployment(tx, visit, deployment) for case_id, deployment in found.items()}

"""How a decision file or a decision can be refused."""

from akta.errors import Invalid
from akta.languages import N_, sentence


class DmnError(Invalid):
    """The file cannot be read as DMN, or a decision cannot be made; `element` is the id of the place, or empty."""

    title = N_("This decision cannot be made.")

    def __init__(self, text: str, element: str = "", /, **params: object) -> None:
        self.sentence = sentence(text, **params)
        self.message = str(self.sentence)
        super().__init__(
            sentence("%(where)s: %(reason)s", where=element, reason=self.sentence) if element else self.sentence
        )
        self.element = element

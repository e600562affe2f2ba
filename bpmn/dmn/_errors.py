"""How a decision file or a decision can be refused."""

from akta.errors import Invalid
from akta.languages import N_


class DmnError(Invalid):
    """The file cannot be read as DMN, or a decision cannot be made; `element` is the id of the place, or empty."""

    title = N_("This decision cannot be made.")

    def __init__(self, message: str, element: str = "") -> None:
        super().__init__(f"{element}: {message}" if element else message)
        self.message = message
        self.element = element

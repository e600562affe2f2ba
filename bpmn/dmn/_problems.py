"""What is wrong with a decision file."""

from dataclasses import dataclass

from akta.languages import Sentence


@dataclass(frozen=True, slots=True)
class Problem:
    """`code` is for programs, `element` the id of the place. Warnings do not stop a deploy.

    `text` is a msgid and `params` fill its places. Of a table, `rules` are the numbers of the rules it is about (from
    1), and `example` a row of values with which it can be seen: input and value, both as FEEL writes them.
    """

    code: str
    element: str
    text: str
    severity: str = "error"
    params: tuple[tuple[str, object], ...] = ()
    rules: tuple[int, ...] = ()
    example: tuple[tuple[str, str], ...] = ()

    @property
    def sentence(self) -> Sentence:
        return Sentence(self.text, self.params)

    @property
    def message(self) -> str:
        """The sentence in English."""
        return str(self.sentence)

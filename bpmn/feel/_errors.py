"""How an expression can be refused: it cannot be read, or it would cost too much."""

from akta.errors import Invalid
from akta.languages import N_, sentence


class FeelSyntaxError(Invalid):
    """The text is no FEEL expression. `line` and `column` count from 1 and in code points."""

    title = N_("This expression cannot be read.")

    def __init__(self, text: str, line: int, column: int, /, **params: object) -> None:
        self.sentence = sentence(text, **params)
        """What is wrong, without its place."""
        placed = N_("Line %(line)s, column %(column)s: %(problem)s")
        super().__init__(sentence(placed, line=line, column=column, problem=self.sentence))
        self.message = str(self.sentence)
        self.line = line
        self.column = column


class FeelLimit(Invalid):
    """Evaluating this expression would take more steps, depth or memory than it may have."""

    title = N_("This expression asks for too much work.")

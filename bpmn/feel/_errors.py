"""How an expression can be refused: it cannot be read, or it would cost too much."""

from akta.errors import Invalid
from akta.languages import N_


class FeelSyntaxError(Invalid):
    """The text is no FEEL expression. `line` and `column` count from 1 and in code points."""

    title = N_("This expression cannot be read.")

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(f"Line {line}, column {column}: {message}")
        self.message = message
        self.line = line
        self.column = column


class FeelLimit(Invalid):
    """Evaluating this expression would take more steps, depth or memory than it may have."""

    title = N_("This expression asks for too much work.")

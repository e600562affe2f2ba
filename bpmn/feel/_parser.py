"""Tokens into nodes: a Pratt parser whose every complaint says what was expected."""

from decimal import Decimal, DecimalException

from akta.languages import N_
from bpmn.feel import _nodes as n
from bpmn.feel._lexer import Token, fail
from bpmn.feel._numbers import number
from bpmn.feel._reader import Reader
from bpmn.feel._run import MAX_CHAIN, MAX_NESTING

_COMPARISONS = ("=", "!=", "<=", ">=", "<", ">")
_POWER = {
    "or": 1,
    "and": 2,
    **dict.fromkeys((*_COMPARISONS, "between", "in"), 3),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/"), 5),
    "**": 6,
    "instance": 7,
    **dict.fromkeys((".", "[", "("), 9),
}
_CONSTANTS = {"true": True, "false": False, "null": None}


class Parser(Reader):
    """Reads one text."""

    # what the text may be

    def expression(self) -> n.Node:
        """The whole text as one expression.

        Raises:
            FeelSyntaxError: it is none.
        """
        node = self._parse(0)
        self._finish()
        return node

    def unary(self) -> n.Tests:
        """The whole text as the tests of a table cell; no text at all means any value.

        Raises:
            FeelSyntaxError: it is none.
        """
        if self._peek().kind == "end":
            return n.Tests(0, (), False)
        if self._at("-") and self._tokens[1].kind == "end":
            return n.Tests(0, (), False)
        negated = self._negated()
        if negated is not None:
            return negated
        found = self._tests()
        self._finish()
        return n.Tests(0, found, False)

    # expressions

    def _parse(self, power: int, filters: bool = True) -> n.Node:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise fail(
                self._text, self._peek().start, N_("more than %(most)s levels inside each other"), most=MAX_NESTING
            )
        left = self._prefix()
        for _ in range(MAX_CHAIN):
            token = self._peek()
            binding = _POWER.get(token.text, 0) if token.kind in ("op", "keyword") else 0
            if binding <= power or (token.text == "[" and not filters):
                self._nesting -= 1
                return left
            self._index += 1
            left = self._infix(left, token, binding)
        raise fail(
            self._text,
            self._peek().start,
            N_("more than %(most)s operators in one chain; use brackets"),
            most=MAX_CHAIN,
        )

    def _prefix(self) -> n.Node:
        token = self._peek()
        match token.kind:
            case "number":
                self._index += 1
                return n.Literal(token.start, self._number(token))
            case "string":
                self._index += 1
                return n.Literal(token.start, token.text)
            case "at":
                self._index += 1
                return n.AtLiteral(token.start, token.text)
            case "name":
                return n.Name(token.start, self._name())
            case "keyword":
                return self._keyword(token)
            case "op":
                return self._sign(token)
        raise self._wrong(N_("expected a value"))

    def _number(self, token: Token) -> Decimal:
        try:
            return number(token.text)
        except DecimalException:
            raise fail(self._text, token.start, N_("this number is too large")) from None

    def _keyword(self, token: Token) -> n.Node:
        self._index += 1
        match token.text:
            case "true" | "false" | "null":
                return n.Literal(token.start, _CONSTANTS[token.text])
            case "if":
                return self._if(token)
            case "for":
                iterators = self._iterators()
                self._expect("return", N_('expected "return" after the list of "for"'))
                return n.For(token.start, iterators, self._parse(0))
            case "some" | "every":
                iterators = self._iterators()
                self._expect("satisfies", N_('expected "satisfies" after the list of "%(word)s"'), word=token.text)
                return n.Quantified(token.start, token.text == "every", iterators, self._parse(0))
            case "function":
                return self._function(token)
        self._index -= 1
        raise self._wrong(N_("expected a value"))

    def _sign(self, token: Token) -> n.Node:
        self._index += 1
        match token.text:
            case "-":
                return n.Negate(token.start, self._parse(8))
            case "(":
                return self._bracket(token)
            case "[":
                return self._list(token)
            case "]":
                return self._range(token.start, self._parse(4), False)
            case "{":
                return self._context(token)
        self._index -= 1
        raise self._wrong(N_("expected a value"))

    def _infix(self, left: n.Node, token: Token, power: int) -> n.Node:
        match token.text:
            case "(":
                return self._call(left, token)
            case "[":
                condition = self._parse(0)
                self._expect("]", N_('expected "]" after the filter'))
                return n.Filter(token.start, left, condition)
            case ".":
                return n.Path(token.start, left, self._segment())
            case "instance":
                self._expect("of", N_('expected "of" after "instance"'))
                return n.InstanceOf(token.start, left, self._type())
            case "between":
                low = self._parse(3)
                self._expect("and", N_('expected "and" between the two ends of "between"'))
                return n.Between(token.start, left, low, self._parse(3))
            case "in":
                return n.In(token.start, left, self._in())
        return n.Binary(token.start, token.text, left, self._parse(power))

    def _if(self, token: Token) -> n.Node:
        condition = self._parse(0)
        self._expect("then", N_('expected "then" after the condition of "if"'))
        then = self._parse(0)
        self._expect("else", N_('expected "else" after the "then" part of "if"'))
        return n.If(token.start, condition, then, self._parse(0))

    def _iterators(self) -> tuple[n.Iterator, ...]:
        found = []
        while True:
            name = self._declared("in")
            self._expect("in", N_('expected "in" after the name "%(name)s"'), name=name)
            source = self._parse(0)
            until = self._parse(0) if self._take("..") else None
            found.append(n.Iterator(name, source, until))
            if not self._take(","):
                return tuple(found)

    def _function(self, token: Token) -> n.Node:
        self._expect("(", N_('expected "(" after "function"'))
        parameters: list[tuple[str, n.Type | None]] = []
        for _ in self._series(")"):
            name = self._declared(":", ",", ")")
            parameters.append((name, self._type() if self._take(":") else None))
        self._expect(")", N_('expected ")" after the parameters'))
        if self._take("external"):
            self._parse(0)
            return n.FunctionDefinition(token.start, tuple(parameters), None)
        return n.FunctionDefinition(token.start, tuple(parameters), self._parse(0))

    def _call(self, function: n.Node, token: Token) -> n.Node:
        named: list[tuple[str, n.Node]] = []
        positional: list[n.Node] = []
        for _ in self._series(")"):
            name = self._argument_name()
            if name is not None:
                named.append((name, self._parse(0)))
            elif named:
                raise self._wrong(N_("expected a name and a colon, because the arguments before have names"))
            else:
                positional.append(self._parse(0))
        self._expect(")", N_('expected ")" after the arguments'))
        at = function.at if isinstance(function, n.Name) else token.start
        return n.Call(at, function, tuple(positional), tuple(named))

    def _argument_name(self) -> str | None:
        """The name before a colon, where one stands (parameter names may have several words)."""
        known = self._names.longest(self._tokens, self._index)
        end = self._index + (known[1] if known else 0)
        while not known and self._tokens[end].kind in ("name", "keyword"):
            end += 1
        if end == self._index or self._tokens[end].text != ":" or self._tokens[end].kind != "op":
            return None
        name = known[0] if known else " ".join(token.text for token in self._tokens[self._index : end])
        self._index = end + 1
        return name

    def _bracket(self, token: Token) -> n.Node:
        if self._at(*_COMPARISONS):
            operator = self._next().text
            operand = self._parse(3)
            self._expect(")", N_('expected ")" after the range'))
            return open_range(token.start, operator, operand)
        inner = self._parse(0)
        if self._at(".."):
            return self._range(token.start, inner, False)
        self._expect(")", N_('expected ")" after the expression in brackets'))
        return inner

    def _list(self, token: Token) -> n.Node:
        items: list[n.Node] = []
        for _ in self._series("]"):
            items.append(self._test())
            if len(items) == 1 and self._at(".."):
                return self._range(token.start, items[0], True)
        self._expect("]", N_('expected "]" after the items of the list'))
        return n.ListOf(token.start, tuple(items))

    def _range(self, at: int, low: n.Node, low_closed: bool) -> n.Node:
        self._expect("..", N_('expected ".." between the two ends of the range'))
        high = self._parse(3, filters=False)
        if not self._at("]", ")", "["):
            raise self._wrong(N_('expected "]" or ")" after the end of the range'))
        return n.RangeOf(at, low, high, low_closed, self._next().text == "]")

    def _context(self, token: Token) -> n.Node:
        entries: list[tuple[str, n.Node]] = []
        for _ in self._series("}"):
            key = self._declared(":")
            self._expect(":", N_('expected ":" after the name "%(name)s"'), name=key)
            if any(key == known for known, _ in entries):
                raise self._wrong(N_('expected every name once, "%(name)s" stands twice in this context'), name=key)
            entries.append((key, self._parse(0)))
        self._expect("}", N_('expected "}" after the entries of the context'))
        return n.ContextOf(token.start, tuple(entries))

    # tests

    def _negated(self) -> n.Tests | None:
        start = self._index
        first, second = self._tokens[start], self._tokens[min(start + 1, len(self._tokens) - 1)]
        if (first.text, second.text, first.kind) != ("not", "(", "name"):
            return None
        self._index += 2
        found = self._tests()
        if self._take(")") and self._peek().kind == "end":
            return n.Tests(0, found, True)
        self._index = start
        return None

    def _tests(self) -> tuple[n.Node, ...]:
        found = [self._test()]
        while self._take(","):
            found.append(self._test())
        return tuple(found)

    def _test(self) -> n.Node:
        token = self._peek()
        if token.kind == "op" and token.text in _COMPARISONS:
            self._index += 1
            return n.Comparison(token.start, token.text, self._parse(3))
        return self._parse(0)

    def _in(self) -> tuple[n.Node, ...]:
        if self._at(*_COMPARISONS):
            return (self._test(),)
        start = self._peek().start
        if not self._take("("):
            return (self._parse(3),)
        found = self._tests()
        if len(found) == 1 and self._at(".."):
            return (self._range(start, found[0], False),)
        self._expect(")", N_('expected ")" after the list of "in"'))
        return found


def open_range(at: int, operator: str, operand: n.Node) -> n.Node:
    """`(< 5)` and its like as a range."""
    if operator in ("=", "!="):
        return n.RangeOf(at, operand, operand, operator == "=", operator == "=", operator)
    if operator.startswith("<"):
        return n.RangeOf(at, None, operand, False, operator == "<=", operator)
    return n.RangeOf(at, operand, None, operator == ">=", False, operator)

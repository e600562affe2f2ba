"""A table of a file that people write, read key by key: what nothing reads is refused, for it would do nothing."""

from collections.abc import Callable, Mapping
from typing import Any

from akta.errors import Invalid


class Keyed:
    """The keys of one table. Everything wrong is said with the dotted place of the key, through `refusal`."""

    def __init__(self, values: object, refusal: Callable[[str], Invalid], place: str = "") -> None:
        self._refusal = refusal
        self._place = f"{place}." if place else ""
        if not isinstance(values, Mapping) or not all(isinstance(key, str) for key in values):
            raise refusal(f"{place or 'it'} must be a table")
        self._values = dict(values)

    def take(self, key: str) -> Any:
        """Whatever stands there; None when nothing does."""
        return self._values.pop(key, None)

    def text(self, key: str, default: str | None = None) -> str:
        value = self._values.pop(key, default)
        if not isinstance(value, str) or (default is None and not value):
            raise self.wrong(key, "must be a text")
        return value

    def words(self, key: str) -> tuple[str, ...]:
        return self.words_or_none(key) or ()

    def words_or_none(self, key: str) -> tuple[str, ...] | None:
        """A list of texts, or None where nothing is said, which is not the same as an empty list."""
        value = self.take(key)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
            raise self.wrong(key, "must be a list of texts")
        return tuple(value)

    def table(self, key: str) -> "Keyed | None":
        value = self.take(key)
        return None if value is None else Keyed(value, self._refusal, f"{self._place}{key}")

    def inner(self, key: str) -> "Keyed":
        """A table that may be left out: then it is empty."""
        return self.table(key) or Keyed({}, self._refusal, f"{self._place}{key}")

    def names(self) -> tuple[str, ...]:
        return tuple(self._values)

    def rest(self) -> Mapping[str, Any]:
        """All that was not read yet; read by this."""
        left, self._values = self._values, {}
        return left

    def wrong(self, key: str, what: str) -> Invalid:
        return self._refusal(f"{self._place}{key} {what}")

    def done(self) -> None:
        for key in self._values:
            raise self.wrong(key, "is not known")

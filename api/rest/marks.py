"""What clients pass back unread: where a page of a list ended, and which version they saw."""

import base64
import binascii

from akta.errors import Invalid
from akta.languages import N_
from tasks.inbox import After, Order


class BadCursor(Invalid):
    """The cursor was not given out by this list."""

    title = N_("This place in the list is not known. Start from its beginning.")


class BadVersion(Invalid):
    """If-Match does not hold what an ETag of ours said."""

    title = N_("This is no version of the thing. Read it again and send what its ETag says.")


def of_place(after: After | None) -> str | None:
    """The cursor after this row; None at the end of the list."""
    if after is None:
        return None
    return base64.urlsafe_b64encode(after.written().encode()).decode().rstrip("=")


def to_place(cursor: str, order: Order) -> After | None:
    """
    Raises:
        BadCursor: it is none of ours.
    """
    if not cursor:
        return None
    try:
        return After.read(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode(), order)
    except (ValueError, binascii.Error) as wrong:
        raise BadCursor(fields={"cursor": BadCursor.title}) from wrong


def to_version(if_match: str) -> int | None:
    """The version an If-Match header asks for; None where it asks for none.

    Raises:
        BadVersion: it names no version of ours.
    """
    tag = if_match.strip().removeprefix("W/").strip('"')
    if tag in ("", "*"):
        return None
    if not tag.isdecimal():
        raise BadVersion(fields={"If-Match": BadVersion.title})
    return int(tag)

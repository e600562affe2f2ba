"""Names of uploads are kept, but nothing in them can mislead, hide or escape."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents import names


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("photo.jpg", "photo.jpg"),
        ("Smlouva č. 12 (podepsaná).pdf", "Smlouva č. 12 (podepsaná).pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\scan.pdf", "scan.pdf"),
        ("/absolute/scan.pdf", "scan.pdf"),
        ("..", "document"),
        ("", "document"),
        ("   ", "document"),
        (".htaccess", "htaccess"),
        ("a\0b\r\nc.pdf", "abc.pdf"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("zero\u200bwidth.pdf", "zerowidth.pdf"),
        ("e\u0301.pdf", "é.pdf"),
        ('a<b>:"|?*.pdf', "a_b______.pdf"),
        ("nul.pdf", "_nul.pdf"),
        ("many   spaces.pdf", "many spaces.pdf"),
    ],
)
def test_a_name_is_cleaned(sent: str, kept: str) -> None:
    assert names.cleaned(sent) == kept


def test_a_long_name_is_shortened_and_keeps_its_extension() -> None:
    kept = names.cleaned("x" * 500 + ".pdf")
    assert len(kept) == names.LONGEST
    assert kept.endswith("x.pdf")


@given(st.text(max_size=300))
def test_every_name_becomes_one_that_can_be_kept(sent: str) -> None:
    kept = names.cleaned(sent)
    assert 0 < len(kept) <= names.LONGEST + 1
    assert not {"/", "\\", "\0", "\n"} & set(kept)
    assert not any(unicodedata.category(character).startswith("C") for character in kept)
    assert kept not in (".", "..")


@given(st.text(max_size=300))
def test_cleaning_twice_changes_nothing(sent: str) -> None:
    once = names.cleaned(sent)
    assert names.cleaned(once) == once


def test_the_extension_is_told_in_small_letters() -> None:
    assert names.extension("Photo.JPG") == "jpg"
    assert names.extension("photo") == ""

"""Archives from whoever sends them."""

import io
import stat
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpmn import bundle
from tests.bpmn.models import files


def packed(entries: dict[str, bytes] | list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in entries.items() if isinstance(entries, dict) else entries:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return target.getvalue()


def test_a_bundle_comes_back_from_its_archive_the_same() -> None:
    first = bundle.from_files(files())
    archive = first.to_archive()
    again = bundle.from_archive(archive)
    assert again.files == first.files
    assert again.content_hash == first.content_hash
    assert again.to_archive() == archive


def test_a_bare_model_is_told_from_a_bundle_and_how_to_take_it_over() -> None:
    with pytest.raises(bundle.BundleError, match="akta import"):
        bundle.from_archive(b"\n" + files()["process.bpmn"])


def test_the_hash_tells_every_byte_and_name_apart() -> None:
    one = bundle.from_files(files())
    other = bundle.from_files(files(README_DOT_md="x"))
    third = bundle.from_files(files(README_DOT_md="y"))
    assert len({one.content_hash, other.content_hash, third.content_hash}) == 3
    shuffled = bundle.from_files(dict(reversed(files().items())))
    assert shuffled.content_hash == one.content_hash


def test_a_folder_around_the_files_and_what_a_mac_adds_are_taken_off() -> None:
    entries = {f"toy/{name}": content for name, content in files().items()}
    entries["__MACOSX/toy/._x"] = b"junk"
    assert bundle.from_archive(packed(entries)).content_hash == bundle.from_files(files()).content_hash


@pytest.mark.parametrize(
    "name",
    [
        *("../evil.dmn", "/etc/passwd", "forms/../../x.form", "a\\b.dmn", "C:/x.dmn", "forms//x.form", "./x.dmn"),
        *("evil.py", "forms/x.py", "x/process.bpmn", ".hidden", "letters/a.docx", "letters/a.english.docx"),
    ],
)
def test_a_file_that_does_not_belong_is_refused(name: str) -> None:
    with pytest.raises(bundle.BundleError):
        bundle.from_archive(packed({**files(), name: b"x"}))


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["process.bpmn", "Process.bpmn"])
def test_a_name_twice_is_refused(second: str) -> None:
    with pytest.raises(bundle.BundleError):
        bundle.from_archive(packed([*files().items(), (second, b"x")]))


def test_a_link_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files().items():
            archive.writestr(name, content)
        link = zipfile.ZipInfo("x.dmn")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(bundle.BundleError, match="link"):
        bundle.from_archive(target.getvalue())


def test_a_bomb_does_not_go_off() -> None:
    with pytest.raises(bundle.BundleError, match="too large"):
        bundle.from_archive(packed({**files(), "x.dmn": bytes(15_000_000)}))
    with pytest.raises(bundle.BundleError, match="too large"):
        bundle.from_archive(packed({**files(), **{f"x{i}.dmn": bytes(9_000_000) for i in range(5)}}))


def test_a_claimed_size_is_not_believed() -> None:
    archive = packed({**files(), "x.dmn": bytes(15_000_000)})
    lied = archive.replace((15_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(bundle.BundleError):
        bundle.from_archive(lied)


def test_too_many_files_are_refused() -> None:
    with pytest.raises(bundle.BundleError, match="more than 500"):
        bundle.from_archive(packed({f"x{i}.dmn": b"" for i in range(501)}))
    with pytest.raises(bundle.BundleError, match="larger than 20 MB"):
        bundle.from_archive(bytes(20_000_001))


def test_unusual_packing_is_refused() -> None:
    with pytest.raises(bundle.BundleError, match="packed in a way"):
        bundle.from_archive(packed(files(), zipfile.ZIP_BZIP2))


def test_a_password_is_refused() -> None:
    archive = bytearray(packed(files()))
    for at in range(len(archive) - 10):
        if archive[at : at + 4] == b"PK\x01\x02":
            archive[at + 8] |= 1
    with pytest.raises(bundle.BundleError, match="password"):
        bundle.from_archive(bytes(archive))


@given(st.binary(max_size=300), st.integers(0, 5000))
def test_a_damaged_archive_is_refused_or_read_whole(noise: bytes, at: int) -> None:
    whole = bundle.from_files(files()).to_archive()
    broken = whole[:at] + noise + whole[at + len(noise) :]
    try:
        read = bundle.from_archive(broken)
    except bundle.BundleError:
        return
    assert read.content_hash == bundle.from_files(files()).content_hash


@pytest.mark.parametrize("name", ["bundle.toml", "process.bpmn", "i18n/en.toml"])
def test_a_bundle_needs_its_three_files(name: str) -> None:
    with pytest.raises(bundle.BundleError, match=name):
        bundle.from_files({path: content for path, content in files().items() if path != name})

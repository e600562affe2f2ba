"""PDF by the real LibreOffice: nothing is run, nothing is fetched, nothing is left behind."""

import subprocess
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from docx import Document
from docx.oxml.ns import qn

from documents import conversion
from documents.conversion import CannotConvert
from tests.documents import samples

pytestmark = pytest.mark.slow


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """An address on this machine, and what was asked of it."""
    asked: list[str] = []

    class Listening(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listening)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/picture.png", asked
    server.shutdown()
    thread.join()
    server.server_close()


def _with_linked_picture(address: str) -> bytes:
    document, target = Document(), BytesIO()
    document.add_paragraph("A picture from elsewhere")
    document.add_picture(BytesIO(samples.png()))
    [picture] = document.element.iter(qn("a:blip"))
    inside = picture.attrib.pop(qn("r:embed"))
    kind = document.part.rels[inside].reltype
    picture.set(qn("r:link"), document.part.relate_to(address, kind, is_external=True))
    document.save(target)
    return target.getvalue()


def test_nothing_is_fetched_for_a_document_even_where_there_is_a_network(
    libreoffice: str, elsewhere: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, asked = elsewhere
    monkeypatch.setattr(conversion, "_without_network", tuple)
    pdf = conversion.to_pdf(_with_linked_picture(address), libreoffice)
    assert "A picture from elsewhere" in pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
    assert asked == []


def test_a_conversion_that_takes_too_long_is_ended_with_all_it_started(
    libreoffice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No machine starts LibreOffice with a fresh profile in a fifth of a second."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(CannotConvert, match=r"more than 0\.2 s"):
        conversion.to_pdf(samples.docx("Late"), libreoffice, timeout=0.2)
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert str(tmp_path) not in running.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_conversion_has_only_so_much_memory(libreoffice: str) -> None:
    with pytest.raises(CannotConvert, match=r"made no file|ended with"):
        conversion.to_pdf(samples.docx("Large"), libreoffice, memory=200 * 1024**2)


def test_documents_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "PATIENCE", 0.01)
    with conversion._turn(), pytest.raises(CannotConvert, match="others were before it"):
        conversion.to_pdf(b"", "soffice")


def test_without_libreoffice_nothing_converts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert conversion.converter() == ""

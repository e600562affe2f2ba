"""Mails: filled safely, plain text with HTML beside it, known by their Message-ID."""

import smtplib
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from akta.ids import TenantId, new_id
from tasks.mailer import Mail, NoValue, Outbox, as_html, fill, one_line, tidy
from tasks.mailer_smtp import SmtpMailer, as_message
from tests.services import SmtpSink

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TENANT = TenantId(new_id())


def a_mail(key: str = "case:7:1", subject: str = "Váš vzkaz", body: str = "Dobrý den,\n\nahoj.\n") -> Mail:
    return Mail(TENANT, key, "Tepelná Ukázka s.r.o.", "office@uka.example.org", "jana@example.org", subject, body, "cs")


def test_places_are_filled_and_values_are_never_read_as_places() -> None:
    assert fill("Dear {name}, {n}", {"name": "{secret}", "n": "1", "secret": "x"}) == "Dear {secret}, 1"
    assert fill("{0} {a.b} {A} {} {{x}}", {"x": "y"}) == "{0} {a.b} {A} {} {y}"


def test_a_place_nothing_fills_is_refused() -> None:
    with pytest.raises(NoValue, match="link"):
        fill("Go to {link}", {})


def test_a_body_is_tidied() -> None:
    assert tidy("\na  \n\n\n\nb\n\n") == "a\n\nb\n"


def test_a_subject_stays_one_line() -> None:
    assert one_line("Plot\r\nBcc: all@example.org") == "Plot Bcc: all@example.org"


def test_html_escapes_everything_and_links_addresses() -> None:
    body = '<script>alert(1)</script>\nsee\n\nhttps://uka.example.org/link/a?b="c"&d=1 now'
    page = as_html(body, "cs", "https://uka.example.org")
    assert "<script>" not in page
    assert "<p>&lt;script&gt;alert(1)&lt;/script&gt;<br>\nsee</p>" in page
    assert '<a href="https://uka.example.org/link/a?b=">' in page
    assert '<html lang="cs">' in page


def test_only_the_own_sites_addresses_can_be_followed() -> None:
    body = "I am https://evil.example.org/ and https://uka.example.org.evil.example.org/x"
    assert "<a " not in as_html(body, "en", "https://uka.example.org")
    assert "<a " not in as_html(body, "en", "")


def test_the_outbox_keeps_the_newest_and_only_ones_own() -> None:
    outbox = Outbox(kept=2)
    for number in range(3):
        outbox.send(a_mail(subject=f"{number}"), NOW)
    assert [kept.subject for kept in outbox.mails(TENANT)] == ["2", "1"]
    assert outbox.mails(TenantId(new_id())) == ()


def test_a_message_has_its_id_from_the_key_and_both_alternatives() -> None:
    message = as_message(a_mail(), NOW)
    parsed = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert parsed["Message-ID"] == "<case.7.1@uka.example.org>"
    assert parsed["From"] == '"Tepelná Ukázka s.r.o." <office@uka.example.org>'
    assert parsed["Auto-Submitted"] == "auto-generated"
    text, page = parsed.get_body(("plain",)), parsed.get_body(("html",))
    assert text is not None
    assert page is not None
    assert text.get_content().strip().startswith("Dobrý den,")
    assert "<p>ahoj.</p>" in page.get_content()


@pytest.mark.parametrize("to", ["jana@example.org\nBcc: x@example.org", "no address", ""])
def test_an_address_that_is_none_is_refused(to: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        as_message(replace(a_mail(), to=to), NOW)


def test_the_smtp_mailer_hands_over_to_a_real_server(smtp: SmtpSink) -> None:
    SmtpMailer(smtp.host, smtp.port).send(a_mail(), NOW)
    (received,) = smtp.mails
    assert "case.7.1@uka.example.org" in str(received)


def test_a_refused_mail_raises(smtp: SmtpSink) -> None:
    smtp.refuse = True
    with pytest.raises(smtplib.SMTPException):
        SmtpMailer(smtp.host, smtp.port).send(a_mail(), NOW)


def test_a_mailer_does_not_show_its_password() -> None:
    assert "hunter2" not in repr(SmtpMailer("localhost", password="hunter2"))

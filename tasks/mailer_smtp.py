"""The mailer that hands mails to an SMTP server."""

import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime

from tasks.mailer import Mail


@dataclass(frozen=True)
class SmtpMailer:
    """Sends through one server. `timeout` in seconds; `security` is none, starttls or tls."""

    host: str
    port: int = 25
    username: str = ""
    password: str = field(default="", repr=False)
    security: str = "none"
    timeout: float = 30.0

    def send(self, mail: Mail, now: datetime) -> None:
        """Hand the mail over.

        Raises:
            OSError, smtplib.SMTPException: the server cannot be reached or refuses the mail.
            ValueError: the address is none.
        """
        message = as_message(mail, now)
        with self._connected() as server:
            if self.username:
                server.login(self.username, self.password)
            server.send_message(message)

    def _connected(self) -> smtplib.SMTP:
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=ssl.create_default_context())
        server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        if self.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        return server


def as_message(mail: Mail, now: datetime) -> EmailMessage:
    """The mail as it goes over the wire: plain text with an HTML alternative."""
    message = EmailMessage(policy=SMTP_POLICY)
    message["From"] = Address(mail.from_name, addr_spec=mail.from_address)
    message["To"] = _recipient(mail.to)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = mail.message_id
    message["Content-Language"] = mail.language
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    message.add_alternative(mail.html, subtype="html")
    return message


def _recipient(address: str) -> Address:
    try:
        return Address(addr_spec=address)
    except IndexError as empty:  # how the standard library says that there is nothing
        raise ValueError("there is no address") from empty

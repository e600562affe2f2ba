"""The services of the tests are real and answer."""

from smtplib import SMTP

import redis
from sqlalchemy import inspect

from storage.database import Database
from storage.tenants import Tenant
from storage.unit_of_work import UnitOfWork
from tests.services import SmtpSink


def test_every_test_gets_a_fresh_database_with_all_tables(database: Database, tenant: Tenant, uow: UnitOfWork) -> None:
    assert {"cases", "tasks", "documents", "tenants"} <= set(inspect(database.engine).get_table_names())
    with uow.view() as tx:
        assert tx.session.query(Tenant).count() == 1


def test_redis_answers(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.set("a", "b")
        assert client.get("a") == b"b"


def test_the_mail_sink_keeps_what_it_is_given(smtp: SmtpSink) -> None:
    with SMTP(smtp.host, smtp.port) as client:
        client.sendmail("a@example.org", ["b@example.org"], "Subject: Hello\r\n\r\nText\r\n")
    assert [mail["Subject"] for mail in smtp.mails] == ["Hello"]
    assert smtp.mails[0]["X-Envelope-To"] == "b@example.org"

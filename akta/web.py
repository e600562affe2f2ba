"""The web door: the application a server process runs (`uvicorn akta.web:app --factory`)."""

from fastapi import FastAPI

from akta import bootstrap, logs
from akta.settings import Settings
from api.app import create


def app() -> FastAPI:
    """The application of one server process, from the environment's settings.

    Raises:
        bootstrap.NotConfigured: a setting is missing or unsafe.
    """
    from tasks import jobs_celery

    settings = Settings()
    logs.configure(settings.log_level)
    send = jobs_celery.Sender(jobs_celery.app(bootstrap.broker(settings), patience=2.0))
    return create(bootstrap.build(settings, send=send).services)

"""The worker door: performs jobs and ticks until it is told to end."""

from akta import bootstrap, logs
from akta.settings import Settings
from tasks import jobs_celery
from tasks.tick import Tick


def work(settings: Settings, concurrency: int) -> None:
    """Work with `concurrency` processes on jobs, and tick in a thread of this one.

    Raises:
        bootstrap.NotConfigured: a setting is missing or unsafe.
    """
    logs.configure(settings.log_level)
    celery = jobs_celery.app(bootstrap.broker(settings))
    send = jobs_celery.Sender(celery)
    akta = bootstrap.build(settings, send=send)
    jobs_celery.serve_in_children(celery, lambda: bootstrap.build(settings, send=send).perform)
    tick = Tick(akta.database, akta.runtime, akta.clock, settings.tick_seconds, akta.files)
    try:
        jobs_celery.work(celery, concurrency, ready=tick.start)
    finally:
        tick.stop()
        akta.close()

"""What only an S3 server can get wrong: keys of access, buckets, the server itself."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from minio.error import MinioException

from akta.ids import new_id
from storage.files import FileMissing
from storage.files.s3 import S3Files
from tests import services


@pytest.fixture(params=["rclone", "minio"])
def server(request: pytest.FixtureRequest) -> services.S3Server:
    found: services.S3Server = request.getfixturevalue(request.param)
    return found


def _store(server: services.S3Server, bucket: str, secret: str | None = None) -> S3Files:
    secret_key = server.secret_key if secret is None else secret
    return S3Files(server.endpoint, server.access_key, secret_key, bucket, secure=False, region=server.region)


def _bucket() -> str:
    return f"akta-{new_id().hex[-12:]}"


def test_a_wrong_secret_is_refused(server: services.S3Server) -> None:
    bucket = _bucket()
    _store(server, bucket).prepare()
    wrong = _store(server, bucket, "not-the-secret")
    with pytest.raises(MinioException):
        wrong.put("a", BytesIO(b"x"), "text/plain")
    with pytest.raises(MinioException):
        list(wrong.list())


def test_a_missing_bucket_is_made_once_however_many_begin(server: services.S3Server) -> None:
    bucket = _bucket()
    with pytest.raises(FileMissing):
        _store(server, bucket).ready()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: _store(server, bucket).prepare(), range(4)))
    _store(server, bucket).ready()


def test_a_store_that_was_not_prepared_makes_its_bucket_when_something_is_put(server: services.S3Server) -> None:
    store = _store(server, _bucket())
    store.put("a", BytesIO(b"x"), "text/plain")
    store.ready()


def test_a_server_that_is_not_there_is_not_ready() -> None:
    nowhere = services.S3Server(f"127.0.0.1:{services.free_port()}")
    with pytest.raises(Exception, match="refused"):
        _store(nowhere, "akta").ready()

"""Files in any S3 server (MinIO, Garage, Ceph, cloud), through the MinIO client."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, BinaryIO

from storage.files.port import CHUNK, FileMissing, Stored, checked_key

_PART = 5 * 1024 * 1024
"""Size of a part of an upload in bytes, the smallest every S3 server takes; the client holds up to three."""

_ABSENT = frozenset({"NoSuchKey", "NoSuchObject", "NotFound", "404"})


class S3Files:
    """Objects in one bucket. The bucket is made by `prepare` where the keys allow it and it is missing.

    `endpoint` is `host:port` without a scheme; `region` is always passed, so that the client asks nobody for it.
    """

    def __init__(
        self,
        endpoint: str,
        access_key: str,
        secret_key: str,
        bucket: str,
        *,
        secure: bool = True,
        region: str = "us-east-1",
    ) -> None:
        from minio import Minio

        self._bucket = bucket
        self._region = region
        self._prepared = False
        self._client = Minio(endpoint, access_key, secret_key, secure=secure, region=region, http_client=_http_client())

    def prepare(self) -> None:
        """Make the bucket if it is missing; two processes may start at once."""
        from minio.error import MinioException

        if not self._client.bucket_exists(self._bucket):
            try:
                self._client.make_bucket(self._bucket, self._region)
            except MinioException:
                if not self._client.bucket_exists(self._bucket):
                    raise
        self._prepared = True

    def put(self, key: str, content: BinaryIO, media_type: str) -> Stored:
        if not self._prepared:  # the server was away when this process began
            self.prepare()
        counted = _Counted(content)
        self._client.put_object(
            self._bucket,
            checked_key(key),
            counted,  # type: ignore[arg-type]  # the client only calls read
            length=-1,
            content_type=media_type,
            part_size=_PART,
            num_parallel_uploads=1,
        )
        return Stored(key, counted.size, media_type)

    @contextmanager
    def get(self, key: str) -> Iterator[Iterator[bytes]]:
        with _missing_is_ours(key):
            answer = self._client.get_object(self._bucket, checked_key(key))
        try:
            yield answer.stream(CHUNK)
        finally:
            answer.close()
            answer.release_conn()

    def stat(self, key: str) -> Stored:
        with _missing_is_ours(key):
            found = self._client.stat_object(self._bucket, checked_key(key))
        return Stored(key, found.size or 0, found.content_type or "application/octet-stream")

    def delete(self, key: str) -> None:
        with suppress(FileMissing), _missing_is_ours(key):
            self._client.remove_object(self._bucket, checked_key(key))

    def list(self, prefix: str = "") -> Iterator[str]:
        found = self._client.list_objects(self._bucket, prefix=prefix or None, recursive=True)
        return (item.object_name for item in found if item.object_name)

    def presign(self, key: str, lasting: timedelta) -> str | None:
        return self._client.presigned_get_object(self._bucket, checked_key(key), expires=lasting)

    def ready(self) -> None:
        if not self._client.bucket_exists(self._bucket):
            raise FileMissing(f"there is no bucket {self._bucket}")


class _Counted:
    """A stream that knows how much was read of it: the client does not say what it sent."""

    def __init__(self, content: BinaryIO) -> None:
        self._content = content
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._content.read(size)
        self.size += len(chunk)
        return chunk


@contextmanager
def _missing_is_ours(key: str) -> Iterator[None]:
    from minio.error import InvalidResponseError, S3Error

    try:
        yield
    except S3Error as refused:
        if refused.code in _ABSENT:
            raise FileMissing(key) from refused
        raise
    except InvalidResponseError as unread:  # some servers say "text/xml", which the client does not read
        if "Response code: 404" in str(unread):
            raise FileMissing(key) from unread
        raise


def _http_client() -> Any:
    """Few retries and short patience: a page waits for this."""
    import urllib3

    return urllib3.PoolManager(
        num_pools=4,
        maxsize=16,
        timeout=urllib3.Timeout(connect=5, read=30),
        retries=urllib3.Retry(total=3, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504]),
    )

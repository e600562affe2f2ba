"""Files: one small port, an S3 implementation and a local folder."""

from storage.files.port import FileMissing, Files, Stored

__all__ = ["FileMissing", "Files", "Stored"]

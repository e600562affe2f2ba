"""All input and output: rows (SQLAlchemy) and files (S3 or a local folder)."""

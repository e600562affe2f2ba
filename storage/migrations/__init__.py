"""The one linear history of all tables; `storage/migrate.py` runs it."""

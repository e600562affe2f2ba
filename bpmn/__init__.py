"""Process models: reading, checking and comparing them. Pure: no session, no clock, no service."""

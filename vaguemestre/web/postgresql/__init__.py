"""Django's backend for PostgreSQL, whose answers a page does not wait for longer than its reader would."""

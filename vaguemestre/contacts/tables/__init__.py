"""Tables of contacts, as files of comma-separated values (RFC 4180, loosely)."""

from vaguemestre.contacts.tables.reading import Table, read, table
from vaguemestre.contacts.tables.writing import written

__all__ = ["Table", "read", "table", "written"]

"""Tables of contacts, as files of comma-separated values (RFC 4180, loosely)."""

from vaguemestre.contacts.tables.csv_reader import Table, read, table
from vaguemestre.contacts.tables.csv_writer import written

__all__ = ["Table", "read", "table", "written"]

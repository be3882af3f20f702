"""Tables of contacts, as files of comma-separated values (RFC 4180, loosely)."""

from vaguemestre.contacts.tables.csv_reader import Table, parse_table, read_contacts
from vaguemestre.contacts.tables.csv_writer import csv_chunks

__all__ = ["Table", "csv_chunks", "parse_table", "read_contacts"]

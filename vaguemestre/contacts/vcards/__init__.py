"""vCards: 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350) read, 3.0 and 4.0 written. Why our own:
`docs/decisions/contacts.md`."""

from vaguemestre.contacts.vcards.reader import ParsedCard, parse_cards, read_vcards
from vaguemestre.contacts.vcards.writer import V3, V4, vcard_chunks

__all__ = ["V3", "V4", "ParsedCard", "parse_cards", "read_vcards", "vcard_chunks"]

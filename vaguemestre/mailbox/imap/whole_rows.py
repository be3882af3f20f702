"""Rows of messages that came whole. One without any header has its text where the server looks for fields, and no words
of its own to be known by: the beginning of it is asked for."""

from collections.abc import Iterable
from dataclasses import replace

from vaguemestre.mailbox.imap.body_structure import string_octets
from vaguemestre.mailbox.imap.fetch_rows import PREVIEW_LIMIT, FetchRow, parse_fetch_rows, read_row
from vaguemestre.mailbox.imap.folder_connection import FolderConnection
from vaguemestre.mailbox.messages import Row
from vaguemestre.mailbox.mime.header_text import end_of_head
from vaguemestre.mailbox.mime.search_snippets import snippet_text
from vaguemestre.mailbox.values import Uid

_BEGINNING = 2048  # bytes: what a server writes above a message, and some lines


def read_whole_rows(link: FolderConnection, messages: Iterable[FetchRow]) -> dict[Uid, Row]:
    """In the folder that is open. One trip more for messages without a header alone."""
    whole = [message for message in messages if message.whole]
    rows = {message.uid: read_row(message) for message in whole}
    if places := [b"%d" % message.place for message in whole if _has_no_head(rows[message.uid])]:
        # By places: no answer to that says what has gone meanwhile, and makes those that are known untrue.
        answer = link.connection.round_trip([b"FETCH %s (UID BODY.PEEK[]<0.%d>)" % (b",".join(places), _BEGINNING)])
        for beginning in parse_fetch_rows(answer.data):
            if row := rows.get(beginning.uid):
                rows[beginning.uid] = replace(
                    row, preview=_preview(row, string_octets(beginning.items.get("BODY[]<0>")))
                )
    return rows


def _has_no_head(row: Row) -> bool:
    is_named = row.sender or row.subject or row.sent or row.message_id or row.recipients
    return not is_named and row.structure.type == "text/plain"


def _preview(row: Row, raw: bytes) -> str:
    return snippet_text(raw[end_of_head(raw) :], row.structure, _BEGINNING)[:PREVIEW_LIMIT]

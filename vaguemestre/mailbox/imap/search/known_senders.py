"""Who of some people wrote to a mailbox, whatever folder their letters lie in."""

from collections.abc import Sequence

from vaguemestre.mailbox.imap.folder_connection import FolderConnection, require_ok
from vaguemestre.mailbox.imap.list_filters import parse_esearch
from vaguemestre.mailbox.imap.search.search_results import note_opened, opening_command
from vaguemestre.mailbox.imap.wire.commands import quote_string
from vaguemestre.mailbox.imap.wire.connection import Answer


def find_senders(link: FolderConnection, addresses: Sequence[str]) -> list[str]:
    """Those of the addresses that some message is from, in all folders but the bin and junk. One trip."""
    searches = [
        b"UID SEARCH RETURN (COUNT) CHARSET UTF-8 FROM " + quote_string(address.encode()) for address in addresses
    ]
    answer = link.connection.round_trip([opening_command(None), *searches])
    note_opened(link, None, answer)
    for status in answer.statuses:
        require_ok(status)
    counts = [parse_esearch(Answer([], [data])).get("COUNT", "0") for data in answer.named("ESEARCH")]
    return [address for address, count in zip(addresses, counts, strict=False) if count != "0"]

"""The picture that Thunderbird for Android reads: its documented "Export for Mobile" format, version 1.

Compact JSON of nested arrays; without the password, which the phone asks for.
"""

import json

from vaguemestre.accounts.models import Account
from vaguemestre.clients import servers
from vaguemestre.clients.servers import Server

FORMAT, FIRST_OF, ONE = 1, 1, 1
IMAP, SMTP = 0, 0
TLS, PASSWORD = 3, 1  # from the first byte; in clear inside it


def import_text(account: Account) -> str:
    address = account.address
    outgoing = [[SMTP, *_server(servers.sending(), address)], [address, account.display_name]]
    whole = [FORMAT, [FIRST_OF, ONE], [IMAP, *_server(servers.reading(), address)], [outgoing]]
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def _server(server: Server, address: str) -> list[object]:
    return [server.host, server.port, TLS, PASSWORD, address]

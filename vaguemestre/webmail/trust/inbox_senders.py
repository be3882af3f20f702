"""Who has written to somebody lately, for the composer's proposals: read from the newest messages of the inbox as they
lie there. Nothing of it is kept, and nobody waits long for a mailbox that does not answer."""

import re
from collections import Counter

from vaguemestre.accounts.models import Account
from vaguemestre.contacts.address_normalisation import normalise_address
from vaguemestre.contacts.lookup import FoundPerson
from vaguemestre.contacts.search_words import search_words, searchable_text
from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.mailbox.messages import Address
from vaguemestre.webmail.connection import open_mailbox_of
from vaguemestre.webmail.people.correspondents import is_outside, own_addresses
from vaguemestre.webmail.trust import lookalikes

PATIENCE = 1.0  # seconds: somebody is typing
NEWEST = 200  # messages: one exchange with Dovecot, whose cache holds their heads
_NOBODY = re.compile(r"(?:no|ne-?pas|do-?not)[._-]?(?:reply|repondre)|mailer-daemon|bounces?\b|notifications?\b")


def find_senders(account: Account, typed: str) -> list[FoundPerson]:
    """Who wrote most comes first. Not the machines, nor whoever pretends to be an office or one of us: a proposal is
    believed."""
    wanted = search_words(typed)
    if not wanted:
        return []
    try:
        with open_mailbox_of(account.key, patience=PATIENCE) as session:
            rows = session.overview(count=NEWEST)[1].rows
    except MailboxError:
        return []
    mine = own_addresses(account)
    senders = [row.sender for row in rows if row.sender and row.sender.address.lower() not in mine]
    wrote = Counter(sender.address.lower() for sender in senders)
    newest = {sender.address.lower(): sender for sender in reversed(senders)}
    found = [newest[address] for address, _times in wrote.most_common() if _is_meant(newest[address], wanted)]
    return [FoundPerson(" ".join(one.name.split()), one.address.lower()) for one in found if _may_be_proposed(one)]


def _is_meant(one: Address, wanted: list[str]) -> bool:
    said = searchable_text(one.name, one.address)
    return all(f" {word}" in said for word in wanted)


def _may_be_proposed(one: Address) -> bool:
    local, _at, domain = one.address.lower().rpartition("@")
    if normalise_address(one.address) is None or _NOBODY.match(local):
        return False
    pretends = lookalikes.imitated_domain(domain) or lookalikes.named_address(one) or lookalikes.names_an_office(one)
    return not (is_outside(one.address) and pretends)

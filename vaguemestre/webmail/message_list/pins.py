"""What is pinned stands on top of its folder: a keyword on the message, which any program keeps.

The list continues in order of arrival, with its pages and counts: what is pinned is found by its keyword, shown above
the first page, and left out where it would stand. Only folders in which something was pinned are asked for it, so that
nobody else's list costs anything.
"""

from datetime import datetime

from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.imap.conversations.overview import ConversationPage
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import PINNED, MailboxId
from vaguemestre.webmail.folders import placement
from vaguemestre.webmail.message_list.list_query import ListQuery
from vaguemestre.webmail.preferences.summary import SettingsSummary

MOST = 20  # in one folder; what another program pins beyond them stays in its place
NOWHERE = frozenset({"drafts", "later", "junk", "trash"})  # where the order says something, or nothing lasts


def may_be_pinned(role: str | None) -> bool:
    return role not in NOWHERE


def pinned_first(
    session: Session, place: ListQuery, folder: Folder, stands: SettingsSummary, *, flat: bool
) -> ConversationPage | None:
    """None where nothing can stand on top: under a filter, in another order, in a folder where nothing was pinned.
    To be asked for once the list is read."""
    asked = place.only is None and place.order is None and place.folder in stands.pinned_in
    if not asked or not may_be_pinned(folder.role):
        return None
    if session.has_exchanges(place.folder):
        return session.exchanges(place.folder, count=MOST, only=PINNED, at_once=True, singly=flat)[1]
    page = session.overview(place.folder, count=MOST, only=PINNED)[1]
    return ConversationPage(page, {}, page.folder_total)


def remember_folder(account: Account, folder: MailboxId, now: datetime) -> None:
    """What is unpinned later leaves the folder among those that are asked: another program may have pinned there."""
    placement.save_folder_choice(account, "pinned_in", [folder], on=True, now=now)

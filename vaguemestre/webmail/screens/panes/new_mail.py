"""How an open page learns of new mail, and how it says so: what it was drawn with, and what the person has chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.errors import NoSuchFolderError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Folder, Row
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.web.number_text import number_text
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.content.header_text import subject_text
from vaguemestre.webmail.folders import lookup
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.preferences import lookup as preferences_lookup
from vaguemestre.webmail.preferences.summary import SettingsSummary

NAMED = 3  # messages named in one notice
LOOKED_AT = 20
LONGEST = 10  # digits of a number of a message
FOLDERS = 10  # announced besides the inbox: each is asked about when mail comes


@dataclass(frozen=True, slots=True)
class NewMailMark:
    """`since` in milliseconds: of what came later, the page must be told. `after`: the first number that the inbox had
    not given when the page was drawn; 0 for a page that shows no notice. `also`: the same of other folders that are
    announced, "folder.number" one after the other. `count` goes in the title."""

    since: int = 0
    after: int = 0
    count: str = ""
    counts: bool = False
    also: str = ""
    sounds: bool = False
    shows: bool = False  # notices are wanted: the page has the service worker that shows them


@dataclass(frozen=True, slots=True)
class NewMail:
    after: int
    title: str = ""
    body: str = ""
    also: str = ""
    fresh: int = 0  # how many have come
    url: str = ""  # what the notice leads to: the message, the list when there are several


def current_mark() -> int:
    """Taken before the mailbox is asked: what comes while it answers counts as later."""
    return int(timezone.now().timestamp() * 1000)


def new_mail_mark(everything: Sequence[Folder], standing: SettingsSummary, since: int) -> NewMailMark:
    inbox = lookup.folder_by_role(everything, "inbox")
    if inbox is None:
        return NewMailMark(since)
    shows = standing.notifies != Preferences.Notifying.NOTHING
    announces = standing.sounds or shows
    count = number_text(inbox.unseen) if standing.counts_in_title and inbox.unseen else ""
    following = {str(one.id): one.uid_next for one in everything if one.id and one.id in standing.notifies_in}
    return NewMailMark(
        since, inbox.uid_next if announces else 0, count, standing.counts_in_title,
        also=_written(following) if announces else "", sounds=standing.sounds, shows=shows,
    )  # fmt: skip


def fetch_new_mail(account: Account, session: Session, after: int, also: str = "") -> NewMail:
    """What came into the inbox from the number `after` on and is unread, in the words that the person has chosen; into
    other folders that are announced, from what `also` says. One round trip a folder."""
    chosen = preferences_lookup.load_preferences(account)
    inbox = session.by_role("inbox")
    rows = _rows(session, MailboxId(str(inbox.id))) if inbox else []
    fresh = [row for row in rows if row.uid >= after and not row.seen]
    places = [str(inbox.id)] if inbox and fresh else []
    known, following = _read(also), {}
    for folder in chosen.notifies_in:
        if folder in known:
            there = _rows(session, MailboxId(folder))
            newer = [row for row in there if row.uid >= known[folder] and not row.seen]
            fresh, places = fresh + newer, [*places, folder] if newer else places
            following[folder] = max([known[folder], *(row.uid + 1 for row in there)])
    told = NewMail(max([after, *(row.uid + 1 for row in rows)]), also=_written(following), fresh=len(fresh))
    if not fresh or chosen.notifies == Preferences.Notifying.NOTHING:
        return told
    told = replace(told, url=_url(places, fresh))
    title = ngettext("%s new message", "%s new messages", len(fresh)) % number_text(len(fresh))
    if chosen.notifies == Preferences.Notifying.ARRIVAL:
        return replace(told, title=title)
    if len(fresh) == 1:
        return replace(told, title=_who(fresh[0]), body=subject_text(fresh[0].subject))
    body = "\n".join(f"{_who(row)} : {subject_text(row.subject)}" for row in fresh[:NAMED])
    return replace(told, title=title, body=body)


def _url(places: Sequence[str], fresh: Sequence[Row]) -> str:
    """Of the one message, of the one list where they lie, or of the inbox."""
    if len(fresh) == 1:
        return reverse("webmail:message", args=[places[0], fresh[0].uid])
    return reverse("webmail:folder", args=places) if len(places) == 1 else reverse("webmail:home")


def _rows(session: Session, folder: MailboxId) -> list[Row]:
    """None of a folder that is gone."""
    try:
        return list(session.page(folder, count=LOOKED_AT).rows)
    except NoSuchFolderError:
        return []


def _written(following: Mapping[str, int]) -> str:
    return ",".join(f"{folder}.{uid}" for folder, uid in following.items())


def _read(also: str) -> dict[str, int]:
    pairs = [one.partition(".") for one in also.split(",")[:FOLDERS]]
    return {folder: int(uid) for folder, _dot, uid in pairs if uid.isascii() and uid.isdigit() and len(uid) <= LONGEST}


def _who(row: Row) -> str:
    return row.sender.label if row.sender else _("(unknown sender)")

"""What a browser has copied of letters that the server may not have: where it does so, and which copies still count.

A window counts its changes (`frappe` in the form) and the letter keeps that count with each save (`Outgoing.typed`): a
copy is news when the server has not got that state of that window. The words themselves stay in the browser until they
are taken.
"""

import hmac
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django import urls
from django.http import QueryDict
from django.utils.crypto import salted_hmac

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.secret_sealing import Purpose, key_of
from vaguemestre.accounts.sessions.current_session import visit_of
from vaguemestre.web.date_text import relative_date_text
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.mailbox_access import MailboxRequest
from vaguemestre.webmail.models import Outgoing

SALT = "vaguemestre.webmail.spare"
MOST = 20  # copies of one browser that are asked about


@dataclass(frozen=True, slots=True)
class BrowserDraftList:
    """Where a browser puts its copies: `whose`, a word that names nobody. `seal`: the key that it seals them with: it
    comes with a page and is stored nowhere; empty on a shared computer, where nothing is kept."""

    whose: str
    seal: str
    own_url: str  # under which a letter of any mailbox becomes a draft of one's own


@dataclass(frozen=True, slots=True)
class BrowserDraft:
    """One that a browser has. `key`: of the letter. `writer`: of the window, `count`: how many changes it had made."""

    key: str
    writer: str
    count: int
    subject: str
    when: str

    @property
    def url(self) -> str:
        return reverse("webmail:copy", args=[self.key])


def browser_draft_list(request: MailboxRequest) -> BrowserDraftList:
    session = visit_of(request).session
    word = salted_hmac(SALT, request.mailbox.key, algorithm="sha256").hexdigest()[:24]
    kept = session is not None and not session.shared_computer
    return BrowserDraftList(word, browser_key(request.account) if kept else "", urls.reverse("webmail:compose-new"))


def browser_key(reader: Account) -> str:
    """The same at each sign-in of this person, so that what one session has kept opens in the next; nobody else's."""
    _number, secret = key_of(Purpose.BROWSER)
    return b64encode(hmac.digest(secret, reader.key.encode(), "sha256")).decode()


def parse_browser_drafts(data: QueryDict, now: datetime) -> list[BrowserDraft]:
    """What a browser says it has. What makes no sense is passed over."""
    names = ("copie", "fenetre", "frappe", "quand", "objet")
    said = list(zip(*(data.getlist(name) for name in names), strict=False))[:MOST]
    return [copy for one in said for copy in _read(*one[:5], now=now)]


def unknown_and_stale(
    account: Account, copies: Sequence[BrowserDraft]
) -> tuple[list[BrowserDraft], list[BrowserDraft]]:
    """Those that the server has not got, and those that it has. One query."""
    rows = Outgoing.objects.filter(account=account, pk__in={copy.key for copy in copies}).only("writer", "typed")
    known = {row.key: row for row in rows}

    def is_here(copy: BrowserDraft) -> bool:
        row = known.get(copy.key)
        return row is not None and row.writer == copy.writer and row.typed >= copy.count

    return [copy for copy in copies if not is_here(copy)], [copy for copy in copies if is_here(copy)]


def _read(key: str, writer: str, count: str, at: str, subject: str, *, now: datetime) -> Iterator[BrowserDraft]:
    hexadecimal = len(key) == 32 and not key.strip("0123456789abcdef")
    if hexadecimal and all(one.isascii() and one.isdigit() and len(one) < 14 for one in (count, at)):
        when = relative_date_text(min(datetime.fromtimestamp(int(at) / 1000, UTC), now), now)  # its clock may be wrong
        yield BrowserDraft(key, writer[:32], int(count), subject[:200], when)

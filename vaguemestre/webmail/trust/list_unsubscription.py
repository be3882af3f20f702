"""Asking a list to write no more: by one press where its sender can be believed (RFC 8058), else by a mail or a page.

The press is a row first, then a request of the clock's through the guarded way: the other side may be slow or away."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from re import findall

from django.db import transaction
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.clock import due
from vaguemestre.mailbox.errors import FetchError
from vaguemestre.mailbox.messages import Headers, Message
from vaguemestre.mailbox.sandbox.fetcher.http_request import parse_target, post_form
from vaguemestre.web import date_text
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.models import Unsubscription
from vaguemestre.webmail.trust import authentication_results, fetch_policy, link_checks
from vaguemestre.webmail.trust.authentication_results import AuthenticationVerdict, MessageOrigin
from vaguemestre.webmail.trust.blocklist.lookup import Lookup

ASK = due.Job("webmail.unsubscription.ask")
FORM = b"List-Unsubscribe=One-Click"
PATIENCE = timedelta(days=2)  # after that the list is said not to answer
State = Unsubscription.State


@dataclass(frozen=True, slots=True)
class UnsubscriptionOffer:
    """`press`: one press is enough. Otherwise `url` leads to our writing page, or to the question before a strange
    page. `said`: what was asked before, and what became of it."""

    list: str
    press: str = ""
    url: str = ""
    said: str = ""


def find_unsubscription(
    access: MailboxAccess, message: Message, origin: MessageOrigin, now: datetime
) -> UnsubscriptionOffer | None:
    """None for what is no list's. One query for what is."""
    ways = findall(r"<([^<>]+)>", message.headers.get("List-Unsubscribe"))
    if not ways or origin.verdict is AuthenticationVerdict.FAKE:
        return None
    name = list_name(message)
    before = Unsubscription.objects.filter(account=access.mailbox, list=name).first()
    return UnsubscriptionOffer(
        name,
        press=_one_press(message.headers, ways, origin),
        url=_page(access, ways),
        said=_said(before, now) if before else "",
    )


def list_name(message: Message) -> str:
    sender = message.row.sender.address.lower() if message.row.sender else ""
    return (message.headers.get("List-Id").rpartition("<")[2].strip("<> ").lower() or sender)[:255]


def unsubscribe(account: Account, found: UnsubscriptionOffer, now: datetime) -> None:
    """Pressed twice it is asked once; asked again after a refusal, it is tried again."""
    with transaction.atomic():
        row, is_new = Unsubscription.objects.get_or_create(
            account=account, list=found.list, defaults={"address": found.press, "asked_at": now}
        )
        if not is_new and row.state == State.REFUSED:
            row.state, row.address, row.asked_at = State.ASKED, found.press, now
            row.save()
        if row.state == State.ASKED:
            due.at(now, ASK, str(row.pk))


@ASK.register
def send_unsubscription(key: str, now: datetime) -> None:
    """The clock. Raises `FetchError` while the other side is away, for two days."""
    row = Unsubscription.objects.filter(pk=key, state=State.ASKED).first()
    if row is None:
        return
    try:
        status = post_form(row.address, FORM, fetch_policy.fetch_guard())
        if status >= 500:
            raise FetchError("status")
    except FetchError as error:
        if not error.permanent and now < row.asked_at + PATIENCE:
            raise
        status = 0
    row.state = State.DONE if 200 <= status < 300 else State.REFUSED
    row.address = ""
    row.save()


def _one_press(headers: Headers, ways: list[str], origin: MessageOrigin) -> str:
    """The sender is known, and signed both fields: nobody else can have pressed it in their name."""
    if FORM.decode() not in headers.get("List-Unsubscribe-Post").replace(" ", ""):
        return ""
    if origin.verdict is not AuthenticationVerdict.VERIFIED:
        return ""
    if not authentication_results.covers_headers(headers, origin.checks, "List-Unsubscribe", "List-Unsubscribe-Post"):
        return ""
    return next((way for way in ways if way.lower().startswith("https://") and _is_plain(way)), "")


def _page(access: MailboxAccess, ways: list[str]) -> str:
    for way in ways:
        if way.lower().startswith("mailto:"):
            return link_checks.compose_url(way)
        if _is_plain(way):
            return link_checks.LinkRewriter(access.key, Lookup()).question(way)
    return ""


def _is_plain(way: str) -> bool:
    try:
        parse_target(way)
    except FetchError:
        return False
    return True


def _said(row: Unsubscription, now: datetime) -> str:
    when = date_text.relative_date_text(row.asked_at, now)
    return {
        State.ASKED: _("Unsubscription asked for %s; the list has not answered yet.") % when,
        State.DONE: _("This list was left %s. A last mail may still come.") % when,
        State.REFUSED: _("This list did not accept to be left %s. Mark its mails as junk if they go on.") % when,
    }[State(row.state)]

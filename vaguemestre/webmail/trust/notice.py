"""What the reader is told about who wrote: one notice, the most serious; the rest among the facts of the message."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.contacts.collected_addresses import is_written_to
from vaguemestre.mailbox.messages import Address, Message
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.message_list.list_query import ListQuery
from vaguemestre.webmail.people.correspondents import is_outside
from vaguemestre.webmail.trust import (
    authentication_results,
    display_names,
    fetch_policy,
    list_unsubscription,
    lookalikes,
    permalinks,
    phishing_reports,
    remote_images,
)
from vaguemestre.webmail.trust.authentication_results import AuthenticationVerdict, MessageOrigin
from vaguemestre.webmail.trust.list_unsubscription import UnsubscriptionOffer


@dataclass(frozen=True, slots=True)
class TrustNotice:
    """`title` is the fact, `said` what it means. `tone`: "bad" for a trap, "warn" for care, "plain" for a fact.
    `of_newcomer`: said once of a new correspondent, then in a word."""

    tone: str
    icon: str
    title: str
    said: str = ""
    of_newcomer: bool = False


@dataclass(frozen=True, slots=True)
class Trust:
    origin: MessageOrigin
    notice: TrustNotice | None
    may_show_images: bool  # this installation fetches them
    images_of: str  # the sender's address, that may be trusted with images
    images_of_all: str  # the domain; empty where it says nothing about who writes
    leaving: UnsubscriptionOffer | None
    may_report: bool
    may_block: bool  # somebody from outside: a colleague's mail is sorted by a filter that one thinks about
    link: str  # an address of this message that survives a move
    from_outside: bool = False  # said in a word

    @property
    def is_believed(self) -> bool:
        """A list that somebody sends for, or only says that it is one, is not its writer."""
        return self.origin.verdict not in {AuthenticationVerdict.FAKE, AuthenticationVerdict.UNPROVEN}

    @property
    def in_a_word(self) -> "Trust":
        return replace(self, notice=None, from_outside=True)


def assess_message(
    access: MailboxAccess, message: Message, place: ListQuery, mine: frozenset[str], now: datetime
) -> Trust:
    """No query for a colleague's message; one for an outsider with a whole name (some more where it is another's), one
    for what comes from a list, else one for an outsider whose DMARC passes (two more where one has written there)."""
    sender = message.row.sender or Address("", "")
    origin = authentication_results.judge_origin(message.headers, sender.address)
    own = origin.verdict is AuthenticationVerdict.INTERNAL and sender.address.lower() in mine
    notice = None if own else worst_notice(access.reader, message, sender, origin, timezone.localdate(now))
    trust = Trust(
        origin=origin,
        notice=notice,
        may_show_images=fetch_policy.shows_images() and bool(remote_images.domain_of(sender.address)),
        images_of=sender.address,
        images_of_all=remote_images.domain_choice(sender.address),
        leaving=list_unsubscription.find_unsubscription(access, message, origin, now),
        may_report=not own and phishing_reports.are_reports_wanted(),
        may_block=bool(sender.address) and is_outside(sender.address),
        link=permalinks.permalink(message, place.folder),
    )
    in_a_word = notice and notice.of_newcomer and (not access.is_own or _is_known(access.reader, sender, trust))
    return trust.in_a_word if in_a_word else trust


def _is_known(reader: Account, sender: Address, trust: Trust) -> bool:
    """One has written to this very address, its domain answers for it, and it bears no name of ours. A list has its
    notice anyway."""
    if trust.leaving or not trust.origin.passes_dmarc or not is_written_to(reader, sender.address):
        return False
    return not display_names.bears_our_name(sender, reader)


def impersonation_notice(account: Account, message: Message, mine: frozenset[str], today: date) -> TrustNotice | None:
    """What is said of a message that pretends to be somebody else's; None of any other."""
    sender = message.row.sender or Address("", "")
    origin = authentication_results.judge_origin(message.headers, sender.address)
    if origin.verdict is AuthenticationVerdict.INTERNAL and sender.address.lower() in mine:
        return None
    return found if (found := worst_notice(account, message, sender, origin, today)) and found.tone == "bad" else None


def worst_notice(
    account: Account, message: Message, sender: Address, origin: MessageOrigin, today: date
) -> TrustNotice | None:
    """The worst comes first, and comes alone: five warnings are none."""
    outside = is_outside(sender.address)
    return (
        _fake(origin)
        or (_impostor(account, sender, origin, today) if outside else None)
        or _elsewhere(message, sender, outside=outside)
        or (_stranger(origin) if outside else _unproven(origin))
    )


def _fake(origin: MessageOrigin) -> TrustNotice | None:
    if origin.verdict is not AuthenticationVerdict.FAKE:
        return None
    return TrustNotice("bad", "shield-x", origin.said, _("Follow no link, open no file, do not answer; report it."))


def _impostor(account: Account, sender: Address, origin: MessageOrigin, today: date) -> TrustNotice | None:
    care = _("Follow no link, open no file, do not answer; report it.")
    if known := lookalikes.imitated_domain(origin.domain):
        words = {"domain": origin.domain, "known": known}
        return TrustNotice("bad", "shield-x", _("%(domain)s is not %(known)s, whose name it imitates.") % words, care)
    if written := lookalikes.named_address(sender):
        words = {"shown": written, "true": sender.address}
        title = _("The name shows %(shown)s, but this message comes from %(true)s.") % words
        return TrustNotice("bad", "shield-x", title, care)
    if lookalikes.names_an_office(sender):
        words = {"name": sender.name, "true": sender.address}
        title = _("“%(name)s” writes from an address outside the administration: %(true)s.") % words
        return TrustNotice("bad", "shield-x", title, care)
    if found := display_names.find_spoofed_name(sender, account, today):
        words = {"name": found.name, "known": found.known, "true": sender.address}
        title = _("This message bears the name of %(name)s, but comes from an outside address: %(true)s.") % words
        if found.known:
            title = _("You write to %(name)s at %(known)s. This message comes from another address: %(true)s.") % words
        return TrustNotice("warn", "shield-alert", title, _("Ask this person by another way before you act on it."))
    return None


def _elsewhere(message: Message, sender: Address, *, outside: bool) -> TrustNotice | None:
    """Answers that would go to another address: a fact within one domain, a reason for care beyond it."""
    own = sender.address.lower()
    others = [person.address for person in message.reply_to if person.address.lower() != own]
    if not others:
        return None
    title = _("Answers go to %s.") % others[0]
    if remote_images.domain_of(others[0]) == remote_images.domain_of(own):
        return None if outside else TrustNotice("plain", "reply", title)
    return TrustNotice("warn", "reply", title, _("That is not who wrote to you: check before you answer."))


def _unproven(origin: MessageOrigin) -> TrustNotice | None:
    """In our name, by a list of others: such lists are, and so are those who only say that they are one. Or from a
    machine of our own networks, whose mail Rspamd does not judge: a copier daily, so that it is said without alarm."""
    if origin.verdict is AuthenticationVerdict.UNJUDGED:
        return TrustNotice("plain", "info", origin.said)
    if origin.verdict is not AuthenticationVerdict.UNPROVEN:
        return None
    return TrustNotice("warn", "shield-alert", origin.said, _care())


def _care() -> str:
    return _("Check before you open a file, follow a link or answer.")


def _stranger(origin: MessageOrigin) -> TrustNotice:
    title, care = _("Sender from outside the academy."), _care()
    if origin.verdict is AuthenticationVerdict.VERIFIED:
        return TrustNotice("warn", "globe", title, origin.said, of_newcomer=True)
    if origin.verdict is AuthenticationVerdict.UNPROVEN:
        return TrustNotice("warn", "globe", title, f"{origin.said} {care}")
    return TrustNotice("warn", "globe", title, care, of_newcomer=True)

"""DELEG-CE: a head of an establishment lends an application to a colleague, for a time.

Whether a right holds is asked at the moment of use, by one query: its end, the head's post and the colleague's are
dates, so that nothing can be late. What is open at that moment is told by `access_revocation`."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.audit import journal
from vaguemestre.courier import mail
from vaguemestre.courier.quoted_words import quote_name
from vaguemestre.people.functions import Function, current_postings, in_post
from vaguemestre.people.models import School
from vaguemestre.sso import audience
from vaguemestre.sso.active_delegations import posted_query, standing_delegations
from vaguemestre.sso.logout import access_revocation
from vaguemestre.sso.models import Application, Delegation
from vaguemestre.web.date_text import full_date_text

LONGEST = timedelta(days=366)


class DelegationRefusedError(Exception):
    """The sentence says why, to the head."""


def places_headed(account: Account, today: date) -> list[School]:
    """Where this person may delegate. Reads the person's postings and their schools."""
    if not in_post(account.person, today=today):
        return []
    posts = current_postings(account.person, today=today)
    return list({posting.school_id: posting.school for posting in posts if posting.function == Function.HEAD}.values())


def colleagues(uai: str, but: Account, today: date) -> QuerySet[Account]:
    """Who is posted there today with an account that is open, by name."""
    here = posted_query("person", today, uai=uai)
    found = Account.objects.filter(here, state=Account.State.OPEN).exclude(pk=but.pk)
    found = found.select_related("person").prefetch_related("person__postings__school")
    return found.order_by("person__last_name", "person__first_name", "pk")


def delegations_at(places: Collection[School], now: datetime) -> QuerySet[Delegation]:
    """Those of these establishments that are not over, whoever gave them: the next head must see what was lent."""
    here = Delegation.objects.filter(uai__in=[place.uai for place in places], ends__gt=now, withdrawn_at=None)
    return here.select_related("application", "giver__person", "receiver__person").order_by("ends", "pk")


def delegate(
    giver: Account, receiver: Account, application: Application, place: School, *, ends: datetime, now: datetime
) -> Delegation:
    """Raises DelegationRefusedError."""
    today = timezone.localdate(now)
    if place not in places_headed(giver, today):
        raise DelegationRefusedError(_("Only the head of an establishment delegates its applications."))
    if not colleagues(place.uai, giver, today).filter(pk=receiver.pk).exists():
        raise DelegationRefusedError(
            _("This person is not posted in your establishment any more. Choose somebody else.")
        )
    if not audience.opens_to(giver.person, application, now):
        raise DelegationRefusedError(_("You cannot delegate an application that is not open to you."))
    if not (application.active and application.delegable):
        raise DelegationRefusedError(_("This application is not delegated. Choose another one."))
    if not now < ends <= now + LONGEST:
        raise DelegationRefusedError(_("Choose a day to come, within a year."))
    with transaction.atomic():
        _former(receiver, application, place, now).update(withdrawn_at=now)  # one at a time: this one replaces it
        made = Delegation.objects.create(
            application=application, uai=place.uai, giver=giver, receiver=receiver, starts=now, ends=ends
        )
        access_revocation.plan_delegation_end(made)
        journal.record(
            giver.key, "delegation.given", receiver.key,
            application=application.slug, uai=place.uai, until=ends.isoformat(timespec="seconds"),
        )  # fmt: skip
        _tell(made, now, _given(made))
    return made


def withdraw_delegation(delegation: Delegation, *, by: Account, now: datetime) -> None:
    """Twice is once."""
    with transaction.atomic():
        taken = Delegation.objects.filter(pk=delegation.pk, withdrawn_at=None).update(withdrawn_at=now)
        if not taken:
            return
        journal.record(
            by.key, "delegation.withdrawn", delegation.receiver_id,
            application=delegation.application.slug, uai=delegation.uai,
        )  # fmt: skip
        access_revocation.delegation_withdrawn(delegation, now)
        _tell(delegation, now, _taken_back(delegation))


def _former(receiver: Account, application: Application, place: School, now: datetime) -> QuerySet[Delegation]:
    return standing_delegations(receiver, now).filter(application=application, uai=place.uai)


def _tell(delegation: Delegation, now: datetime, letter: tuple[str, str]) -> None:
    receiver = delegation.receiver
    if receiver.delivers:
        subject, text = letter
        mail.send_mail(receiver.address, subject, text, now=now, about=receiver.key)


def _given(delegation: Delegation) -> tuple[str, str]:
    with translation.override(delegation.receiver.language):
        words = _words(delegation) | {"until": full_date_text(delegation.ends)}
        lines = (
            _("Good day %(name)s,") % words,
            _("%(giver)s delegates the application %(application)s to you, until %(until)s.") % words,
            _("You find it among your applications:") + f"\n{settings.ORIGIN}{reverse('portal:arena')}",
            _("If you did not expect it, speak to %(giver)s: a delegation can be taken back at any time.") % words,
        )
        return _("An application delegated to you: %(application)s") % words, "\n\n".join(lines)


def _taken_back(delegation: Delegation) -> tuple[str, str]:
    with translation.override(delegation.receiver.language):
        words = _words(delegation)
        lines = (
            _("Good day %(name)s,") % words,
            _("The application %(application)s is no longer delegated to you. There is nothing to do.") % words,
        )
        return _("Delegation ended: %(application)s") % words, "\n\n".join(lines)


def _words(delegation: Delegation) -> dict[str, str]:
    return {
        "name": delegation.receiver.display_name,
        "giver": quote_name(delegation.giver.display_name),
        "application": quote_name(delegation.application.name),
    }

"""A mail at each message, without a word of it: what is said stays in I-Prof."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.career.hr_officers import officers_of, officers_of_the_desk
from vaguemestre.career.models import Topic
from vaguemestre.courier import mail

MOST_TOLD = 10  # officers, where nobody in particular handles the file


def tell_person(thread: Topic, *, now: datetime) -> None:
    account = thread.account
    with translation.override(account.language):
        _send(
            account, _("I-Prof: an answer from your HR office"),
            _("Your HR office has written to you in I-Prof, under “Your letters”."),
            reverse("career:thread", args=[thread.pk]), now,
        )  # fmt: skip


def tell_office(thread: Topic, *, now: datetime) -> None:
    """Those of the desk that handles the file; where the feed names none, whoever serves the department."""
    person = thread.account.person
    serving = officers_of(person, timezone.localdate(now))
    for officer in (officers_of_the_desk(person, serving) or serving)[:MOST_TOLD]:
        with translation.override(officer.account.language):
            _send(
                officer.account, _("I-Prof: a message to handle"),
                _("Somebody whose file you handle has written in I-Prof."),
                reverse("career:desk-thread", args=[thread.pk]), now,
            )  # fmt: skip


def _send(account: Account, subject: str, first: str, page: str, now: datetime) -> None:
    if not account.delivers:
        return
    lines = (
        _("Good day %(name)s,") % {"name": account.display_name},
        first,
        _("To read it and to answer:") + f"\n{settings.ORIGIN}{page}",
    )
    mail.send_mail(account.address, subject, "\n\n".join(lines), now=now, about=account.key)

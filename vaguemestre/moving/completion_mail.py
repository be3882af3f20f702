"""A mail of the service to whoever has left the page: their import is over, or waits for them."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from vaguemestre.courier import mail
from vaguemestre.courier.quoted_words import quote_name
from vaguemestre.moving import progress_text
from vaguemestre.moving.models import Intake

LOOKS = timedelta(seconds=30)  # the open page asks every two seconds
LISTED = 20  # refusals that the mail names; the page has more
WORTH = timedelta(days=2)


def note_look(intake: Intake, now: datetime) -> None:
    """The page of this import is open; written every ten seconds at most."""
    if intake.looked_at is None or intake.looked_at < now - LOOKS / 3:
        Intake.objects.filter(pk=intake.pk).update(looked_at=now)


def send_completion_mail(intake: Intake, now: datetime) -> None:
    """Call it inside the act's transaction, once the import's row says how it ended. Nothing is sent to whoever has the
    page open, where it stands already, nor to an account that receives no mail any more."""
    intake = Intake.objects.select_related("account__person").get(pk=intake.pk)
    if not intake.account.delivers or (intake.looked_at is not None and intake.looked_at > now - LOOKS):
        return
    with translation.override(intake.account.language):
        told = progress_text.import_progress(intake, now)
        mail.send_mail(
            intake.account.address, _subject(intake), _text(intake, told), now=now, about=intake.account_id,
            until=now + WORTH,
        )  # fmt: skip


def _subject(intake: Intake) -> str:
    if intake.state == Intake.State.PAUSED:
        return _("Your import waits for you")
    return _("Your import is over") if intake.state == Intake.State.DONE else _("Your import did not succeed")


def _text(intake: Intake, told: progress_text.ImportProgress) -> str:
    lines = [
        _("Good day %(name)s,") % {"name": intake.account.display_name},
        f"{told.said} {told.hint}".strip() + (f"\n{', '.join(told.counts)}." if told.counts else ""),
    ]
    if told.refused:
        rows = [
            f"- {quote_name(one.where)}, {one.place}, “{quote_name(one.subject)}”: {one.reason}" for one in told.refused
        ]
        more = len(rows) - LISTED + told.refused_more
        rest = [_("and %d more.") % more] if more > 0 else []
        lines.append("\n".join([_("What was refused:"), *rows[:LISTED], *rest]))
    lines.append(_("The details, and how to take this import back:") + f"\n{settings.ORIGIN}{reverse('moving:moving')}")
    return "\n\n".join(lines)

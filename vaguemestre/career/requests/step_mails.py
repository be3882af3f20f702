"""A mail to the person at each step. It does not say what was asked: that stays in I-Prof."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from vaguemestre.career.models import Campaign, ServiceRequest
from vaguemestre.career.requests.status_changes import State
from vaguemestre.courier import mail
from vaguemestre.web.date_text import full_date_text

_SAID: dict[str, tuple[Promise, Promise]] = {
    State.SENT: (
        gettext_lazy("I-Prof: your request has arrived"),
        gettext_lazy("Your HR office has received your request. Keep this mail: it acknowledges receipt."),
    ),
    State.RECEIVED: (
        gettext_lazy("I-Prof: your request is being examined"),
        gettext_lazy("Your HR office is examining your request."),
    ),
    State.ASKED: (
        gettext_lazy("I-Prof: documents are asked for"),
        gettext_lazy("Your HR office needs something more to decide on your request."),
    ),
    State.ACCEPTED: (gettext_lazy("I-Prof: a decision on your request"), gettext_lazy("Your request is decided.")),
    State.REFUSED: (gettext_lazy("I-Prof: a decision on your request"), gettext_lazy("Your request is decided.")),
    State.WITHDRAWN: (
        gettext_lazy("I-Prof: your request is withdrawn"),
        gettext_lazy("You have withdrawn your request: it will not be examined."),
    ),
}


def mail_step(request: ServiceRequest, *, now: datetime) -> None:
    """Inside the step's transaction: neither goes without the other."""
    with translation.override(request.account.language):
        _send(request, *(str(words) for words in _SAID[request.state]), now=now)


def mail_reminder(request: ServiceRequest, campaign: Campaign, *, now: datetime) -> None:
    with translation.override(request.account.language):
        first = _("The request that you have begun in I-Prof is not sent. It is taken until %(moment)s.")
        _send(
            request,
            _("I-Prof: a request is not sent yet"),
            first % {"moment": full_date_text(campaign.closes_at)},
            now=now,
        )


def _send(request: ServiceRequest, subject: str, first: str, *, now: datetime) -> None:
    account = request.account
    if account.delivers:
        page = f"{settings.ORIGIN}{reverse('career:request', args=[request.pk])}"
        lines = (
            _("Good day %(name)s,") % {"name": account.display_name},
            first,
            _("To read it in I-Prof:") + f"\n{page}",
        )
        mail.send_mail(account.address, subject, "\n\n".join(lines), now=now, about=account.key)

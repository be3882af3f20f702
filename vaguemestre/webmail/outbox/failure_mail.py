"""A mail of the service to whoever planned a message that did not leave at its hour: they were not in front of it."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from vaguemestre.courier import mail
from vaguemestre.courier.quoted_words import quote_name
from vaguemestre.web.date_text import full_date_text
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.content.header_text import subject_text
from vaguemestre.webmail.models import Outgoing


def send_failure_mail(outgoing: Outgoing, now: datetime) -> None:
    """Call it inside the act's transaction. Says neither to whom nor what: the draft does, to its author alone."""
    account = outgoing.account
    if not account.delivers:
        return
    with translation.override(account.language), transaction.atomic():
        words = {
            "subject": quote_name(subject_text(outgoing.subject)),
            "when": full_date_text(outgoing.leaves_at or now),
            "url": settings.ORIGIN + reverse("webmail:waiting"),
        }
        text = _(
            "Your message “%(subject)s” was to leave on %(when)s. It was not sent.\n\n"
            "It is among your drafts, whole. The page “Waiting to leave” says why, and what to do:\n%(url)s"
        )
        mail.send_mail(account.address, _("A message that you had planned was not sent"), text % words, now=now)

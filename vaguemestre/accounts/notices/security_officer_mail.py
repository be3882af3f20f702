"""The authority's security officers (RSSI) hear by mail of every account that is shut as stolen, in its transaction.

Which account, who said so, what was shut. Not why: what an agent types may hold anything, and the journal has it."""

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account, AccountShutdown, ShutdownStep
from vaguemestre.courier import mail
from vaguemestre.web.date_text import full_date_text


def tell_security_officers(shutdown: AccountShutdown, office: str, *, now: datetime) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Stolen account: %(identifier)s") % {"identifier": shutdown.account.identifier}
        text = _text(shutdown, office)
        for address in academy().help_desk.security_officers:
            mail.send_mail(address, subject, text, now=now, about=shutdown.account_id)


def _text(shutdown: AccountShutdown, office: str) -> str:
    told = {
        "identifier": shutdown.account.identifier,
        "when": full_date_text(shutdown.started_at),
        "who": ", ".join(word for word in (_name(shutdown.by), office) if word),
    }
    steps = list(shutdown.steps.order_by("pk"))
    return "\n\n".join((
        _("The account %(identifier)s was declared stolen on %(when)s. Declared by: %(who)s.") % told,
        "\n".join([_("Shut at once:"), *(_line(step) for step in steps if step.done_at)]),
        "\n".join(
            [_("With the mail servers, tried until it is done:"), *(_line(step) for step in steps if not step.done_at)]
        ),
        _("The reason given and what came of it are in the journal of the help desk, drill no. %(number)d.")
        % {"number": shutdown.pk},
    ))  # fmt: skip


def _line(step: ShutdownStep) -> str:
    return f"- {step.get_act_display()}" + (f" ({step.count})" if step.count else "")


def _name(by: str) -> str:
    agent = Account.objects.filter(pk=by).select_related("person").first()
    return agent.display_name if agent else _("the service itself")

"""How text messages leave, for an operator; and one sent on purpose, to try a gateway."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.courier import sms
from vaguemestre.courier.models import TextMessage
from vaguemestre.web.date_text import full_date_text

SHOWN = 10


class Command(BaseCommand):
    requires_system_checks = ()
    help = _("Shows how the last text messages left; --try NUMBER sends one.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--try", dest="number", default="", help=_("a number that receives a message now"))

    def handle(self, *_args: Any, **options: Any) -> None:
        if not sms.is_sms_offered():
            raise CommandError(_("No gateway: [sms] is not in instance.toml."))
        now = timezone.now()
        if options["number"]:
            self._try(options["number"])
        counted = {"count": sms.count_spent(now), "ceiling": sms.daily_ceiling()}
        self.stdout.write(_("Handed to the gateway in 24 hours: %(count)d of %(ceiling)d.") % counted)
        for message in TextMessage.objects.order_by("-pk")[:SHOWN]:
            self.stdout.write(_line(message))

    def _try(self, number: str) -> None:
        now = timezone.now()
        try:
            sms.send_sms(number, _("A try of the text messages: it works."), now=now, until=now + timedelta(minutes=5))
        except sms.UnreachableNumberError:
            raise CommandError(_("This number is not of an allowed country.")) from None
        except sms.NoMessagesLeftError:
            raise CommandError(_("The day’s number is reached.")) from None
        self.stdout.write(_("It is queued: look here again in a moment."))


def _line(message: TextMessage) -> str:
    """No number: who reads this need not know whose it is."""
    return (
        f"{message.pk}  {full_date_text(message.queued_at)}  {message.get_state_display()} {message.refusal}".rstrip()
    )

"""A phone for demonstrations: stands where the gateway of text messages would, and shows what it is given."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from vaguemestre.courier.testing import Gateway


class Command(BaseCommand):
    requires_system_checks = ()
    help = _("Takes the text messages of a demo and shows them, until Ctrl-C.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("port", type=int, help=_("where it listens, on this machine only"))

    def handle(self, *_args: Any, **options: Any) -> None:
        if settings.COURIER["sink"] is None:
            raise CommandError(_("Only in a demo or a test."))
        gateway = Gateway(options["port"])
        self.stdout.write(_('In instance.toml: [sms] with url = "%(url)s"') % {"url": gateway.url})
        try:
            while form := gateway.arrived.get():
                self.stdout.write(f"{form.get('to', '')}  {form.get('text', '')}")
                self.stdout.flush()
        except KeyboardInterrupt:
            gateway.stop()

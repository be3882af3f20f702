"""`vaguemestre demo-fob SERIAL`: what the key of a demonstration shows now. A counter turns at each press."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import OtpKey
from vaguemestre.accounts.otp import otp_values


class Command(BaseCommand):
    requires_system_checks = ()  # they check pages, and this is none
    help = _("The present code of a demonstration's OTP key.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("serial")
        parser.add_argument(
            "--press", type=int, default=1, help=_("press the button that often; the last code is shown")
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if settings.INSTANCE.mode == "production":
            raise CommandError(_("Only for a demonstration or a test: this installation is neither."))
        key = OtpKey.objects.filter(serial=options["serial"]).first()
        if key is None:
            raise CommandError(_("No key has this number: %(serial)s.") % {"serial": options["serial"]})
        if key.kind == OtpKey.Kind.TOTP:
            self.stdout.write(otp_values.code_at(key, otp_values.step_of(key, timezone.now())))
        else:
            self.stdout.write(otp_values.code_at(key, _pressed(key, options["press"])))


def _pressed(key: OtpKey, times: int) -> int:
    """The key's own counter, which knows nothing of ours."""
    file = _memory(key)
    counter = int(file.read_text()) if file.exists() else key.counter
    file.write_text(str(counter + times))
    return counter + times - 1


def _memory(key: OtpKey) -> Path:
    if settings.DATA is None:
        raise CommandError(_("Only for a demonstration or a test: this installation is neither."))
    folder = Path(settings.DATA) / "run" / "fobs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / key.serial

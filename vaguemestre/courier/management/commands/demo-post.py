"""What left for the outside, in a demo or a test, where everything ends in the local sink."""

import email
import email.policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

SHOWN = 5


class Command(BaseCommand):
    requires_system_checks = ()
    help = _("Shows the last mails that left for the outside (demo and test only).")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--last", type=int, default=SHOWN, help=_("how many (5)"))
        parser.add_argument("--to", default="", help=_("only those for this address"))

    def handle(self, *_args: Any, **options: Any) -> None:
        folder: Path | None = settings.COURIER["sink"]
        if folder is None:
            raise CommandError(_("Only in a demo or a test: here mails really leave."))
        mails = [mail for mail in map(_read, _newest(folder)) if _is_for(mail, options["to"])][: options["last"]]
        if not mails:
            self.stdout.write(_("Nothing has left for the outside yet."))
        for mail in reversed(mails):
            self.stdout.write(_printed(mail))


def _newest(folder: Path) -> list[Path]:
    return sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime_ns, reverse=True)


def _read(file: Path) -> EmailMessage:
    """Each file of the sink begins with the envelope, in X- headers."""
    return email.message_from_bytes(file.read_bytes(), policy=email.policy.default)


def _is_for(mail: EmailMessage, address: str) -> bool:
    return address.lower() in f"{mail['X-Rcpt-Args'] or ''} {mail['To'] or ''}".lower()


def _printed(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    head = "\n".join(f"{name}: {mail[name]}" for name in ("Date", "From", "To", "Subject"))
    return f"{'─' * 72}\n{head}\n\n{body.get_content().strip() if body else ''}\n"

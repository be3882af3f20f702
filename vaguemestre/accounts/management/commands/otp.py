"""`vaguemestre otp import FILE|list`: the stock of OTP keys, by the operator's hand."""

import getpass
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import OtpKey
from vaguemestre.accounts.otp import pskc_file, stock


class Command(BaseCommand):
    requires_system_checks = ()  # they check pages, and this is none
    help = _("The stock of OTP keys: take in a manufacturer's file, count.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help=_("how many keys, by department and state"))
        taken = acts.add_parser("import", help=_("a PSKC file (RFC 6030): all its keys, or none"))
        taken.add_argument("file", type=Path)
        taken.add_argument("--department", required=True, metavar=_("CODE"), help=_("whose stock: 02, 60, 80"))
        opened = taken.add_mutually_exclusive_group()
        opened.add_argument("--key-file", type=Path, help=_("the pre-shared AES key, in hexadecimal or base64"))
        opened.add_argument("--passphrase-file", type=Path, help=_("the passphrase, its first line"))
        taken.add_argument("--leave-out-bad", action="store_true", help=_("take the good keys of a file with bad ones"))

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["act"] == "list":
            self._list()
        else:
            self._import(options)

    def _list(self) -> None:
        rows = OtpKey.objects.values_list("department", "state").annotate(Count("pk")).order_by("department", "state")
        for department, state, count in rows:
            self.stdout.write(f"{department} {OtpKey.State(state).label}\N{NO-BREAK SPACE}: {count}")

    def _import(self, options: dict[str, Any]) -> None:
        department = options["department"]
        if academy().department(department) is None:
            raise CommandError(_("No department has this code: %(code)s.") % {"code": department})
        try:
            reading = pskc_file.read_pskc(
                _content(options["file"]), key=_key(options["key_file"]),
                passphrase=_first_line(options["passphrase_file"]),
            )  # fmt: skip
            done = stock.add_to_stock(
                reading, department=department, by=f"operator:{getpass.getuser()}", now=timezone.now(),
                without_bad=options["leave_out_bad"],
            )  # fmt: skip
        except pskc_file.PskcFileError as unusable:
            raise CommandError(f"{options['file']}\N{NO-BREAK SPACE}: {unusable}") from unusable
        except stock.BadLinesError as refused:
            self._bad(refused.reading.bad)
            raise CommandError(_("Nothing was taken in. --leave-out-bad takes the other keys.")) from refused
        self._bad(done.bad)
        taken = ngettext("%(count)d key in stock", "%(count)d keys in stock", len(done.added))
        known = ngettext("%(count)d known already", "%(count)d known already", len(done.known))
        self.stdout.write(f"{taken % {'count': len(done.added)}}, {known % {'count': len(done.known)}}.")

    def _bad(self, lines: list[pskc_file.BadLine]) -> None:
        for line in lines:
            self.stderr.write(f"{line.place} {line.serial}\N{NO-BREAK SPACE}: {line.reason}")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}\N{NO-BREAK SPACE}: {error.strerror}") from error


def _first_line(path: Path | None) -> str | None:
    if path is None:
        return None
    lines = _content(path).decode(errors="replace").splitlines()
    if not lines:
        raise CommandError(_("%(file)s is empty.") % {"file": path})
    return lines[0]


def _key(path: Path | None) -> bytes | None:
    typed = _first_line(path)
    if typed is None:
        return None
    key = pskc_file.parse_preshared_key(typed)
    if key is None:
        raise CommandError(_("%(file)s holds no AES key: 32, 48 or 64 hexadecimal digits.") % {"file": path})
    return key

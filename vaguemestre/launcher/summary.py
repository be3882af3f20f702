"""The last thing `bin/run` prints: where to go, and as whom."""

from collections.abc import Sequence
from pathlib import Path

from vaguemestre.instance import Instance
from vaguemestre.launcher.data_folder import endpoints
from vaguemestre.launcher.data_folder.folder import DEFAULT_DATA
from vaguemestre.launcher.texts import _

DOORS = ("/portail/", "/intranet/", "/webmail/", "/bv/")


def show(data: Path, instance: Instance, *, background: bool) -> None:
    print()
    _print_columns(_places(data, instance))
    if accounts := endpoints.read(data):
        print()
        headings = (_("Role"), _("Identifier"), _("Password"), _("Address"))
        people = [(_roles()[one["role"]], one["identifier"], _secret(one), one["address"]) for one in accounts]
        _print_columns([headings, *people])
        print()
        command = "bin/vaguemestre" if data == DEFAULT_DATA else f"VAGUEMESTRE_DATA={data} bin/vaguemestre"
        _print_columns(
            [
                (_("Agents’ second factor"), f"{command} demo-code tquesnel"),
                (_("An OTP key’s code"), f"{command} demo-fob 4421"),
                (_("Mail gone outside (codes, links)"), f"{command} demo-post"),
            ]
        )
    print()
    if background:
        print(_("It runs in the background. To stop it: bin/run --data {data} --stop", data=data))
    else:
        print(_("Ctrl-C stops everything; nothing is lost."), flush=True)


def _secret(account: dict[str, str]) -> str:
    pin = account.get("otp_pin")
    return _("PIN {pin}, then the key’s code", pin=pin) if pin else account["password"]


def _print_columns(rows: Sequence[tuple[str, ...]]) -> None:
    """Never cut: what a narrow terminal cannot hold goes to its next line, and a password can still be copied."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        print("  " + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


def _places(data: Path, instance: Instance) -> list[tuple[str, str]]:
    ports = instance.ports
    doors = [("" if number else _("Web"), f"{instance.origin}{door}") for number, door in enumerate(DOORS)]
    if not instance.tls.certificate:
        doors.append(("", _("(import {file} in the browser, or accept its warning)", file=data / "tls" / "ca.pem")))
    return [
        *doors,
        ("IMAP", _("{host}, port {port}, TLS from the first byte", host=instance.host, port=ports.imaps)),
        ("SMTP", _("{host}, port {port}, TLS from the first byte", host=instance.host, port=ports.smtps)),
        (_("Incoming mail"), _("{host}, port {port}", host=instance.host, port=ports.smtp)),
        (_("Data folder"), str(data)),
    ]


def _roles() -> dict[str, str]:
    return {
        "teacher": _("teacher"),
        "school-head": _("primary-school head"),
        "otp-holder": _("head with an OTP key"),
        "college-head": _("head of a collège"),
        "deputy": _("her deputy"),
        "secretary": _("her secretary"),
        "bursar": _("who keeps the accounts of her collège"),
        "hr-officer": _("HR officer"),
        "help-desk": _("help-desk agent"),
        "administrator": _("administrator"),
        "newcomer": _("newcomer, before the first sign-in"),
    }


def show_secrets(data: Path, names: list[str]) -> None:
    print()
    print(_("Secrets were made in {folder}. KEEP A COPY elsewhere, under lock and key:", folder=data / "secrets"))
    print(_("without them the stored NUMEN and the unprinted letters are lost, and the service refuses to start."))
    for name in names:
        print(f"  {name:<26}{_purposes()[name.split('.')[0]]}")


def _purposes() -> dict[str, str]:
    return {
        "django": _("cookies and signed links"),
        "numen-encryption": _("reads the NUMEN back"),
        "numen-lookup": _("finds a person by NUMEN"),
        "letter-seal": _("provisional passwords until their letter is printed"),
        "mail-token": _("the webmail’s right to open a mailbox"),
        "mail-door": _("the webmail’s right to open a mailbox"),
        "id-token": _("signs what applications are told of a person"),
        "client-iprof": _("by which I-Prof is recognised as an application"),
        "policy": _("word between Dovecot and the gate"),
        "push": _("word between Dovecot and the event stream"),
        "files": _("word between the pages and the program that hands out files"),
        "dkim": _("signature of outgoing mail"),
        "authority": _("local certificate authority"),
    }

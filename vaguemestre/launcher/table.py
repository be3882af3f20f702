"""The last thing `bin/run` prints: where to go, and as whom."""

from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from vaguemestre.instance import Instance
from vaguemestre.launcher import endpoints
from vaguemestre.launcher.words import _

DOORS = ("/portail/", "/intranet/", "/webmail/", "/bv/")


def show(data: Path, instance: Instance, *, background: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print()
    console.print(_places(data, instance))
    if accounts := endpoints.read(data):
        console.print(_people(accounts))
    if background:
        console.print(_("It runs in the background. To stop it: bin/run --data {data} --stop", data=data))
    else:
        console.print(_("Ctrl-C stops everything; nothing is lost."))


def _places(data: Path, instance: Instance) -> Table:
    table = Table(box=box.SIMPLE, show_header=False, pad_edge=False)
    for door in DOORS:
        table.add_row(_("Web") if door == DOORS[0] else "", f"{instance.origin}{door}")
    ports = instance.ports
    table.add_row("IMAP", _("{host}, port {port}, TLS from the first byte", host=instance.host, port=ports.imaps))
    table.add_row("SMTP", _("{host}, port {port}, TLS from the first byte", host=instance.host, port=ports.smtps))
    table.add_row(_("Incoming mail"), f"{instance.host}:{ports.smtp}")
    table.add_row(_("Data folder"), str(data))
    if not instance.tls.certificate:
        table.add_row(_("Authority"), _("{file} (to import in the browser, or accept its warning)",
                                        file=data / "tls" / "ca.pem"))  # fmt: skip
    return table


def _people(accounts: list[dict[str, str]]) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    for heading in (_("Role"), _("Identifier"), _("Address"), _("Password")):
        table.add_column(heading, no_wrap=True)
    for account in accounts:
        table.add_row(_roles()[account["role"]], account["identifier"], account["address"], account["password"])
    return table


def _roles() -> dict[str, str]:
    return {
        "teacher": _("teacher"),
        "school-head": _("primary-school head"),
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
        "policy": _("word between Dovecot and the gate"),
        "push": _("word between Dovecot and the event stream"),
        "dkim": _("signature of outgoing mail"),
        "authority": _("local certificate authority"),
    }

"""`vaguemestre backup restore --mailbox KEY`: the help desk's restoration, by an operator, as the product's user."""

import time
from argparse import ArgumentParser
from datetime import date
from getpass import getuser
from typing import Any

from django.core.management.base import CommandError, OutputWrapper
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from vaguemestre.accounts.models import Account
from vaguemestre.backup.mailbox import mailbox_restorations
from vaguemestre.backup.mailbox.mailbox_restorations import FoundFolder, KnownRun, RestorationRefusedError
from vaguemestre.backup.mailbox.mailbox_sentences import folder_text, refusal_text, restoration_text
from vaguemestre.backup.models import MailboxRestoration
from vaguemestre.web.date_text import full_date_text

PAUSE = 0.3  # seconds between two looks


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--mailbox", metavar=_("KEY"), help=_("key, identifier or address of one account"))
    parser.add_argument("--day", type=date.fromisoformat, metavar="2026-11-30", help=_("the last backup of that day"))
    parser.add_argument("--folder", metavar=_("NAME"), help=_("one folder alone, as the person sees it"))
    parser.add_argument("--message-id", metavar="<…>", help=_("one message alone"))
    parser.add_argument("--list", action="store_true", help=_("show what is missing, bring nothing back"))
    parser.add_argument("--reason", default="", metavar=_("TEXT"), help=_("for the journal"))


def restore(options: dict[str, Any], stdout: OutputWrapper) -> None:
    if not options["mailbox"]:
        raise CommandError(_("One mailbox: --mailbox KEY. A whole installation: vaguemestre backup restore --help."))
    account, operator = _account(options["mailbox"]), f"operator:{getuser()}"
    try:
        run = _run(account, options["day"])
        restoration = mailbox_restorations.begin(
            account, run, by=operator, office="", reason=options["reason"], now=timezone.now(),
            message_id=_message_id(options["message_id"]),
        )  # fmt: skip
        _wait(restoration)
        guid = _show(restoration, options["folder"], stdout)
        if options["list"] or not mailbox_restorations.missing_octets(restoration, guid):
            mailbox_restorations.give_up(restoration, by=operator, now=timezone.now())
            return
        mailbox_restorations.choose(restoration, guid, by=operator, office="", now=timezone.now())
        _wait(restoration)
    except RestorationRefusedError as refused:
        raise CommandError(refusal_text(refused.word)) from refused
    stdout.write(restoration_text(restoration))


def _account(named: str) -> Account:
    local = named.strip().lower().partition("@")[0]
    account = Account.every.filter(pk=named).first() or Account.every.filter(local_parts__local_part=local).first()
    if account is None:
        raise CommandError(_("No account is called %(name)s.") % {"name": named})
    return account


def _run(account: Account, day: date | None) -> KnownRun:
    while (runs := mailbox_restorations.known_runs(account)) is None:
        time.sleep(PAUSE)
    for run in runs:
        if day is None or timezone.localtime(run.at).date() == day:
            return run
    raise RestorationRefusedError("no-backup")


def _message_id(typed: str | None) -> str:
    word = (typed or "").strip()
    return f"<{word.strip('<>')}>" if word else ""


def _wait(restoration: MailboxRestoration) -> None:
    """Raises RestorationRefusedError."""
    while restoration.state in MailboxRestoration.AT_WORK:
        mailbox_restorations.advance(restoration, timezone.now())
        time.sleep(PAUSE)
    if restoration.failure:
        raise RestorationRefusedError(restoration.failure)


def _show(restoration: MailboxRestoration, wanted: str | None, stdout: OutputWrapper) -> str:
    """The identity of the folder that was asked for; "": all of them."""
    found = mailbox_restorations.found_folders(restoration)
    named = [folder for folder in found if wanted is None or wanted in (folder.name, folder_text(folder.name))]
    stdout.write(_("Backup of %(when)s:") % {"when": full_date_text(restoration.run_at)})
    for folder in named:
        stdout.write(f"  {folder_text(folder.name)}: {_counts(folder)}")
    if (wanted is not None and not named) or (restoration.message_id and not found):
        mailbox_restorations.give_up(restoration, by=restoration.ordered_by, now=timezone.now())
        raise CommandError(_("It is not in that backup. --list shows what is."))
    return named[0].guid if wanted is not None else ""


def _counts(folder: FoundFolder) -> str:
    said = ngettext(
        "%(missing)d missing of %(count)d message", "%(missing)d missing of %(count)d messages", folder.messages
    )
    size = f", {filesizeformat(folder.octets)}" if folder.missing else ""
    return said % {"missing": folder.missing, "count": folder.messages} + size

"""What the operator reads after a restore: what is back, what is void, what somebody must do again."""

from collections.abc import Iterator

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _, ngettext

from vaguemestre.backup.whole.replay import ReplayReport
from vaguemestre.web.date_text import full_date_text


def report_lines(
    report: ReplayReport, *, begun: str, up_to: str, complete: bool, void_all: bool = False
) -> Iterator[str]:
    """`begun`: when the restored backup began; `up_to`: until when revocations are known. `complete`: there was a copy
    of them. `void_all`: every application password is void, whatever is known."""
    yield _("Restored as it was %(when)s. What came later is lost.") % {"when": _moment(begun)}
    if complete:
        yield _("What was revoked since then is revoked again, as known %(when)s.") % {"when": _moment(up_to)}
    else:
        yield _("There is no copy of what was revoked since then.")
    if complete and not void_all:
        yield _("Did the machine live on for more than an hour after that? Then restore again with --force --void-all.")
    else:
        yield from _not_known()
    yield from _void(report)
    yield from _again(report)


def _not_known() -> Iterator[str]:
    yield _(
        "What is in no copy is not revoked again. Only sessions, links for a lost password and application passwords "
        "are void, all of them. Passwords, second factors, rescue contacts, locks and closures are as the backup has "
        "them: a password that was stolen opens again."
    )
    yield _(
        "Now, before people come in: look at which accounts were stolen, locked or closed in the last day (help desk, "
        "HR), and do it again; likewise for passwords and second factors that were lost. Import the newest HR file."
    )


def _void(report: ReplayReport) -> Iterator[str]:
    counted = (
        (report.sessions, _("sessions ended: everybody signs in again")),
        (report.links, _("links and codes for a lost password void: they are asked for again")),
        (report.app_passwords, _("accounts or programs whose application passwords are void: make new ones")),
        (report.locked, _("accounts locked again")),
        (report.passwords, _("passwords void, changed since: “lost password”, or a new letter")),
        (report.factors, _("accounts without the second factor or OTP key that was withdrawn since")),
        (report.rescue, _("accounts without their rescue contact, changed since: to be given again")),
        (report.closed, _("accounts closed again")),
        (report.files, _("links to files withdrawn again")),
    )
    for count, what in counted:
        if count:
            yield f"  {count}  {what}"


def _again(report: ReplayReport) -> Iterator[str]:
    if report.unknown:
        yield ngettext(
            "%(count)d account was made since: import the newest HR file.",
            "%(count)d accounts were made since: import the newest HR file.",
            report.unknown,
        ) % {"count": report.unknown}
    if report.applications:
        yield _("Applications were changed since, perhaps their secret: look at them in the registry.")
    if report.closed_applications:
        yield ngettext(
            "%(count)d application is closed again.", "%(count)d applications are closed again.",
            report.closed_applications,
        ) % {"count": report.closed_applications}  # fmt: skip
    if report.delegations:
        yield ngettext(
            "%(count)d delegation is taken back again.", "%(count)d delegations are taken back again.",
            report.delegations,
        ) % {"count": report.delegations}  # fmt: skip
    if report.transfers:
        yield ngettext(
            "%(count)d next address is given no longer.", "%(count)d next addresses are given no longer.",
            report.transfers,
        ) % {"count": report.transfers}  # fmt: skip
    if report.forwarding:
        yield _(
            "Redirections or forwarding were changed since, and stand there as before. The filters of these mailboxes "
            "are stopped until their owners have looked at their settings: %(keys)s"
        ) % {"keys": ", ".join(report.forwarding)}
    if report.withdrawals:
        yield _("Dangerous messages were taken out of mailboxes since: do it again.")
    yield _("Purged mail that came back is purged again within the hour; mailboxes are put right at the first start.")


def _moment(text: str) -> str:
    moment = parse_datetime(text)
    return full_date_text(moment) if moment else text

"""What `/ready/` tells of the parts, as findings: what it means, and what to do. Here, where the servers have names."""

from collections.abc import Iterator
from datetime import datetime

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _, gettext_lazy

from vaguemestre.web import health_checks
from vaguemestre.web.findings import Finding, Severity
from vaguemestre.web.health_checks import Check

WORDS = {
    "database": (
        gettext_lazy("The database does not answer: nobody signs in."),
        gettext_lazy("Start PostgreSQL, or see “database” in instance.toml. The service goes on by itself."),
    ),
    "accounts_file": (
        gettext_lazy("The mail servers’ list of accounts is missing: no mail comes in."),
        gettext_lazy("Write it again: vaguemestre engine rebuild"),
    ),
    "disk": (
        gettext_lazy("The disk is full: mail that arrives is refused for now (452), and its senders try again."),
        gettext_lazy("Make room on the disks of DATA/queue, DATA/mail and DATA/db. Nothing else is to be done."),
    ),
    "reading": (
        gettext_lazy("Dovecot does not answer: mailboxes are closed."),
        gettext_lazy("See the end of its log (journalctl -u vaguemestre-dovecot), then restart it."),
    ),
    "sending": (
        gettext_lazy("Postfix does not answer: nothing is sent, what is written waits."),
        gettext_lazy("See the end of its log (DATA/log/postfix-mail.log), then restart vaguemestre-postfix."),
    ),
    "cleaner": (
        gettext_lazy("The cleaner makes no message harmless: all are shown as plain text."),
        gettext_lazy("See the end of its log (journalctl -u vaguemestre-cleaner), then restart it."),
    ),
}

SAID_BY_THE_SENTENCE = ("away", "absent")


def health_findings(_now: datetime) -> Iterator[Finding]:
    """`web.findings.operator_findings`."""
    for check in health_checks.run_checks():
        if not check.answers:
            sentence, remedy = WORDS[check.part]
            yield Finding(Severity.ALARM, f"{sentence}{_detail_text(check)}", str(remedy))
    for program in health_checks.failing_programs():
        told = {"program": program}
        yield Finding(
            Severity.ALARM,
            _("The program “%(program)s” ends again and again soon after its start.") % told,
            _("See the end of its log: journalctl -u vaguemestre-%(program)s") % told,
        )


def _detail_text(check: Check) -> str:
    """The system's own words are quoted: they are English, and what a search finds."""
    if check.left is not None:
        return " " + _("What is left: %(size)s.") % {"size": filesizeformat(check.left)}
    if not check.detail or check.detail in SAID_BY_THE_SENTENCE:
        return ""
    return " " + _("The system’s words: “%(words)s”.") % {"words": check.detail}

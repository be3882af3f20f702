"""What of the parts and programs does not answer, as findings: what it means, and what to do. Here, where the servers
have names. Whatever is but a consequence of what is told is left out."""

from collections.abc import Iterator
from datetime import datetime

from django.db import Error as DatabaseError
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from vaguemestre.clock import lag
from vaguemestre.engine.mail_heartbeat import NO_MESSAGE
from vaguemestre.engine.program_state import UnitState, program_answers, unit_name, unit_state
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
    health_checks.READ_ONLY: (
        gettext_lazy("The disk has become read-only: no message is stored, those that arrive wait at their senders’."),
        gettext_lazy("Stop the service, see dmesg, check the disk (fsck) and mount it again, then start."),
    ),
    health_checks.NO_AUTHORITY: (
        gettext_lazy("The file DATA/tls/ca.pem is missing: our programs refuse one another, nothing is sent."),
        gettext_lazy("Start the service again, which writes it: systemctl restart vaguemestre.target"),
    ),
    "reading": (
        gettext_lazy("Mailboxes do not open, though Dovecot answers."),
        gettext_lazy("See the end of its log (journalctl -u vaguemestre-dovecot), then restart it."),
    ),
    "receiving": (
        gettext_lazy("The trial message does not come in: mail that arrives is put off."),
        gettext_lazy("The end of DATA/log/postfix-mail.log names the cause: restart it, or follow what it says."),
    ),
    "sending": (
        gettext_lazy("The trial message does not leave: nothing is sent, what is written waits."),
        gettext_lazy("The end of DATA/log/postfix-mail.log names the cause: restart it, or follow what it says."),
    ),
    "cleaner": (
        gettext_lazy("The cleaner makes no message harmless: all are shown as plain text."),
        gettext_lazy("See the end of its log (journalctl -u vaguemestre-cleaner), then restart it."),
    ),
}
# What does not work while a program does not answer.
MEANINGS = {
    "valkey": gettext_lazy("the filter neither learns nor counts, senders are not limited."),
    "rspamd": gettext_lazy("mail that arrives is put off (451), nothing leaves."),
    "sendercheck": gettext_lazy("nothing leaves, what is written waits."),
    "decoder": gettext_lazy("new attachments are not found by their words."),
    "dovecot": gettext_lazy("mailboxes are closed, mail that arrives waits."),
    "postfix": gettext_lazy("no mail arrives and none leaves, all of it waits."),
    "queuekeeper": gettext_lazy("the queue of Postfix can be neither read nor stopped."),
    "sink": gettext_lazy("what leaves the demo waits."),
    "cleaner": gettext_lazy("all messages are shown as plain text."),
    "converter": gettext_lazy("documents are not shown in the browser, nor pictures made small."),
    "tasks": gettext_lazy("sendings, notices and closures wait."),
    "gate": gettext_lazy("sign-ins of mail programs are neither counted nor slowed down."),
    "events": gettext_lazy("open pages do not hear of new mail."),
    "restorer": gettext_lazy("nothing can be brought back out of a backup."),
    "files": gettext_lazy("files sent by a link and remote pictures do not come."),
    "web": gettext_lazy("no page opens."),
    "nginx": gettext_lazy("no page opens."),
}
STATES: dict[UnitState, tuple[Promise, Promise | str]] = {
    UnitState.MASKED: (
        gettext_lazy("The program %(program)s is masked: %(meaning)s"),
        "systemctl unmask %(unit)s && systemctl start %(unit)s",
    ),
    UnitState.STOPPED: (
        gettext_lazy("The program %(program)s is stopped: %(meaning)s"),
        "systemctl start %(unit)s",
    ),
    UnitState.RUNNING: (
        gettext_lazy("The program %(program)s does not answer: %(meaning)s"),
        "systemctl restart %(unit)s",
    ),
    UnitState.UNKNOWN: (
        gettext_lazy("The program %(program)s does not answer: %(meaning)s"),
        gettext_lazy("See the end of DATA/log/%(program)s.log, then stop and start again with bin/run."),
    ),
}
# Without these nothing is lost until the next working day.
OF_LATER = {"decoder", "restorer"}
# What leans on which other: program or part → programs and parts, or what is missing of one.
LEANS_ON = {
    "postfix": {"rspamd", health_checks.READ_ONLY},  # greets once its filter has answered; locks a file before
    "valkey": {"disk"},  # refuses even a PING once it cannot save
    "nginx": {"web", health_checks.NO_AUTHORITY},
    "tasks": {"database"},
    "reading": {"dovecot"},
    "receiving": {"dovecot", "postfix", "rspamd", "disk", "accounts_file", "reading"},
    "sending": {"dovecot", "postfix", "rspamd", "sendercheck", "disk", "accounts_file", "reading"},
    "cleaner": set[str](),
}
SAID_BY_THE_SENTENCE = ("away", "absent", health_checks.READ_ONLY, health_checks.NO_AUTHORITY)


def health_findings(now: datetime) -> Iterator[Finding]:
    """`web.findings.operator_findings`."""
    # One that was stopped falls no more, however often it did before.
    ended = (UnitState.STOPPED, UnitState.MASKED)
    falling = [program for program in health_checks.failing_programs() if unit_state(program) not in ended]
    silent = {name for name, answers in program_answers().items() if not answers} - {*falling}
    parts = {check.part: check for check in health_checks.run_checks() if not check.answers}
    away = {*silent, *falling, *parts, *(check.detail for check in parts.values())}
    for program in sorted(silent, key=[*MEANINGS].index):
        if not LEANS_ON.get(program, set[str]()) & away:
            yield _silent(program)
    for part, check in parts.items():
        if part in silent or part in falling or LEANS_ON.get(part, set[str]()) & away or _is_clock_s(check, away, now):
            continue
        sentence, remedy = WORDS.get(check.detail, WORDS[part])
        yield Finding(Severity.ALARM, f"{sentence}{_detail_text(check)}", str(remedy))
    for program in falling:
        told = {"program": program}
        yield Finding(
            Severity.ALARM,
            _("The program “%(program)s” ends again and again soon after its start.") % told,
            _("See the end of its log: journalctl -u vaguemestre-%(program)s") % told,
        )


def _silent(program: str) -> Finding:
    sentence, remedy = map(str, STATES[unit_state(program)])
    told = {"program": program, "unit": unit_name(program), "meaning": MEANINGS[program]}
    return Finding(Severity.NOTE if program in OF_LATER else Severity.ALARM, sentence % told, remedy % told)


def _is_clock_s(check: Check, away: set[str], now: datetime) -> bool:
    """Nothing was tried, which is told of whoever should have."""
    if not check.detail.startswith(NO_MESSAGE):
        return False
    try:
        return "tasks" in away or lag.clock_lag(now) > 300
    except DatabaseError:
        return True


def _detail_text(check: Check) -> str:
    """The system's own words are quoted: they are English, and what a search finds."""
    if check.left is not None:
        return " " + _("What is left: %(size)s.") % {"size": filesizeformat(check.left)}
    if not check.detail or check.detail in SAID_BY_THE_SENTENCE:
        return ""
    return " " + _("The system’s words: “%(words)s”.") % {"words": check.detail}

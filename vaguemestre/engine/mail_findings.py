"""What of the mail servers needs somebody."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _, ngettext

from vaguemestre.engine.liveness_probes import KEEPER, hand_answers
from vaguemestre.engine.mail_gauges import postfix_state
from vaguemestre.engine.mail_heartbeat import read_heartbeat
from vaguemestre.engine.queue_holds import QueueUnavailableError
from vaguemestre.web.date_text import clock_time
from vaguemestre.web.findings import Fact, Finding, Severity

FEW, MANY = 50, 1000  # messages that wait: below, an address typed wrongly; above, somebody is needed
# What comes in is handed on within seconds; what waits for strangers' servers is tried for three days.
OUR_OWN = {"maildrop": timedelta(minutes=10), "incoming": timedelta(minutes=10), "active": timedelta(hours=1)}
OTHERS = timedelta(hours=4)
INOTIFY_LIMIT = Path("/proc/sys/fs/inotify/max_user_instances")
IMAP_SESSIONS = 4096  # `process_limit` in `dovecot/services.conf`


def queue_findings(_now: datetime) -> Iterator[Finding]:
    """`web.findings.operator_findings`."""
    if settings.DATA is None:
        return
    if not hand_answers(settings.DATA / KEEPER):
        return  # told of the program itself
    try:
        queues = postfix_state()["queues"]
    except QueueUnavailableError:
        yield Finding(
            Severity.ALARM,
            _("Postfix’s queue cannot be read."),
            _("See the end of the log of queuekeeper (journalctl -u vaguemestre-queuekeeper), then restart it."),
        )
        return
    for queue, longest in OUR_OWN.items():
        if queues[queue]["age"] > longest.total_seconds():
            yield _stuck(queue, queues[queue])
    if queues["corrupt"]["count"]:
        yield Finding(
            Severity.ALARM,
            _("Postfix has put damaged messages aside (DATA/queue/corrupt)."),
            _("Look at the disk (dmesg); then postcat each file, and tell its sender and recipients."),
        )
    yield from _deferred(queues["deferred"])


def mail_facts(_now: datetime) -> Iterator[Fact]:
    """`web.findings.service_facts`. Raises QueueUnavailableError."""
    beat = read_heartbeat()
    if beat and not beat.faults:
        moment = {"time": clock_time(datetime.fromtimestamp(beat.good_at, UTC))}
        yield Fact(_("The trial message of %(time)s arrived") % moment, _("From outside and from a mail program."))
    if settings.DATA is None or any(_deferred(waiting := postfix_state()["queues"]["deferred"])):
        return
    if count := int(waiting["count"]):
        said = ngettext(
            "%(count)d message waits for another server", "%(count)d messages wait for other servers", count
        )
        oldest = _("The oldest for %(minutes)d minutes. They are tried again.") % {"minutes": waiting["age"] // 60}
        yield Fact(said % {"count": count}, oldest)
    else:
        yield Fact(_("No message waits"))


def idle_findings(_now: datetime) -> Iterator[Finding]:
    """`web.findings.operator_findings`. An inotify instance of vmail's for each session that waits for mail."""
    if settings.EXAMPLES or not INOTIFY_LIMIT.is_file():  # a confined process does not see it
        return
    limit = int(INOTIFY_LIMIT.read_text())
    if limit < IMAP_SESSIONS:
        yield Finding(
            Severity.NOTE,
            _("Only %(limit)d mail programs hear of new mail at once, the others half a minute late.")
            % {"limit": limit},
            _("Write fs.inotify.max_user_instances = 65536 into /etc/sysctl.d/60-vaguemestre.conf, then: "
              "sysctl --system"),
        )  # fmt: skip


def _stuck(queue: str, state: dict[str, float]) -> Finding:
    told = {"queue": queue, "minutes": int(state["age"] // 60)}
    return Finding(
        Severity.ALARM,
        _("A message has been in Postfix’s queue “%(queue)s” for %(minutes)d minutes: mail is stuck.") % told,
        _("See the end of DATA/log/postfix-mail.log; then restart vaguemestre-postfix."),
    )


def _deferred(state: dict[str, float]) -> Iterator[Finding]:
    count, age = int(state["count"]), state["age"]
    if count < FEW or (count < MANY and age < OTHERS.total_seconds()):
        return
    said = ngettext(
        "%(count)d message waits for another server, the oldest for %(hours)d hours.",
        "%(count)d messages wait for other servers, the oldest for %(hours)d hours.",
        count,
    )
    yield Finding(
        Severity.ALARM if count >= MANY else Severity.NOTE,
        said % {"count": count, "hours": int(age // 3600)},
        _("See which: postqueue -c DATA/engine/postfix -p. If all are for one domain, its server is away; if for many, "
          "look at the network, at DNS and at “relay”."),
    )  # fmt: skip

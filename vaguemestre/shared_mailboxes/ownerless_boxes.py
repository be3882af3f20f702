"""Boxes that nobody decides for, though somebody holds the post that gives an owner: the posts were not followed."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from vaguemestre.accounts.models import Account
from vaguemestre.shared_mailboxes import periods, posts
from vaguemestre.shared_mailboxes.models import MailboxRights, SharedMailbox
from vaguemestre.web.findings import Finding, Severity
from vaguemestre.web.metrics import Gauge


def box_gauges(now: datetime) -> Iterator[Gauge]:
    """`web.metrics.gauge_sources`."""
    means = "Shared mailboxes without an owner, though somebody holds the post that gives one."
    yield Gauge("boxes_without_owner", means, count_ownerless_boxes(now))


def box_findings(now: datetime) -> Iterator[Finding]:
    """`web.findings.operator_findings`. No alarm: midnight puts right what the day has left."""
    if count := count_ownerless_boxes(now):
        said = ngettext(
            "%(count)d shared mailbox has no owner, though somebody holds the post that gives one.",
            "%(count)d shared mailboxes have no owner, though somebody holds the posts that give one.",
            count,
        )
        yield Finding(
            Severity.NOTE,
            said % {"count": count},
            _(
                "Background work puts it right at midnight and after each HR feed. If it is still said tomorrow, see "
                "why: journalctl -u vaguemestre-tasks | grep posts.keep_up (it is tried again within six hours). If "
                "nothing is said there, restart vaguemestre-tasks."
            ),
        )


def count_ownerless_boxes(now: datetime) -> int:
    """One query where every box has an owner, else four, however many boxes there are."""
    today = timezone.localdate(now)
    owned = periods.live(today).filter(right=MailboxRights.OWNER)
    others = SharedMailbox.objects.filter(account__state=Account.State.OPEN).exclude(pk__in=owned.values("box"))
    ownerless = set(others.values_list("pk", flat=True))
    if not ownerless:
        return 0
    given = posts.rights_by_posts(today).items()
    return len({box for (box, _member), right in given if right == MailboxRights.OWNER} & ownerless)

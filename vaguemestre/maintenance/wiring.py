"""Jobs of this room. The rooms below do not know one another: this one introduces them."""

from collections.abc import Iterable
from datetime import datetime

from vaguemestre.audit import journal
from vaguemestre.clock import due
from vaguemestre.mailbox.sandbox import cleaner
from vaguemestre.maintenance import acts
from vaguemestre.web.health_checks import cleaner_trial
from vaguemestre.web.metrics import Gauge, gauge_sources


def _unknown_jobs(_now: datetime) -> Iterable[Gauge]:
    yield Gauge("jobs_unknown", "Timed acts that wait for a job which this version does not know.", due.count_unknown())


due.recurring("audit.journal.seal", every=600)(journal.seal_due)
gauge_sources.provide(_unknown_jobs)
cleaner_trial.provide(cleaner.find_trouble)

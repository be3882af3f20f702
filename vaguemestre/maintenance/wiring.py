"""Jobs of this room. The rooms below do not know one another: this one introduces them."""

from vaguemestre.audit import journal
from vaguemestre.clock import due
from vaguemestre.mailbox.sandbox import cleaner
from vaguemestre.maintenance import acts, disk_history, service_gauges
from vaguemestre.web.findings import operator_findings, service_facts
from vaguemestre.web.health_checks import cleaner_trial
from vaguemestre.web.metrics import gauge_sources

due.recurring("audit.journal.seal", every=600)(journal.seal_due)
gauge_sources.provide(service_gauges.clock_gauges)
gauge_sources.provide(service_gauges.disk_gauges)
operator_findings.provide(service_gauges.clock_findings)
operator_findings.provide(service_gauges.disk_findings)
service_facts.provide(service_gauges.disk_facts)
operator_findings.provide(service_gauges.machine_clock_findings)
cleaner_trial.provide(cleaner.find_trouble)

"""Jobs of this room, and what it tells of itself."""

from vaguemestre.letters import print_orders, retention, tasks, waiting
from vaguemestre.web.findings import operator_findings, service_facts
from vaguemestre.web.metrics import gauge_sources

gauge_sources.provide(waiting.letter_gauges)
operator_findings.provide(waiting.letter_findings)
service_facts.provide(waiting.letter_facts)

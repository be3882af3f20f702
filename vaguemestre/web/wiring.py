"""What this room tells of itself."""

from vaguemestre.web import health_checks
from vaguemestre.web.findings import operator_findings
from vaguemestre.web.metrics import gauge_sources
from vaguemestre.web.monitoring import health_findings, page_timing

gauge_sources.provide(health_checks.health_gauges)
gauge_sources.provide(page_timing.page_gauges)
operator_findings.provide(health_findings.health_findings)

"""What this room tells of itself."""

from vaguemestre.web import certificates, forwarding, health_checks
from vaguemestre.web.findings import operator_findings, service_facts
from vaguemestre.web.metrics import gauge_sources
from vaguemestre.web.monitoring import page_timing

gauge_sources.provide(health_checks.health_gauges)
gauge_sources.provide(page_timing.page_gauges)
gauge_sources.provide(certificates.certificate_gauges)
operator_findings.provide(certificates.certificate_findings)
service_facts.provide(certificates.certificate_facts)
operator_findings.provide(forwarding.forwarding_findings)

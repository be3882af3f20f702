"""What this room tells of itself."""

from vaguemestre.web import certificates, health_checks
from vaguemestre.web.metrics import gauge_sources
from vaguemestre.web.operator_warnings import warning_sources

gauge_sources.provide(health_checks.health_gauges)
gauge_sources.provide(certificates.certificate_gauges)
warning_sources.provide(certificates.certificate_warnings)

"""What this room tells of itself."""

from vaguemestre.web import health_checks
from vaguemestre.web.metrics import gauge_sources
from vaguemestre.web.monitoring import page_timing

gauge_sources.provide(health_checks.health_gauges)
gauge_sources.provide(page_timing.page_gauges)

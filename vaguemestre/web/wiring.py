"""What this room tells of itself."""

from vaguemestre.web import checks
from vaguemestre.web.gauges import gauge_sources

gauge_sources.provide(checks.gauges)

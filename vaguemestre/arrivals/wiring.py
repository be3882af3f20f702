"""Jobs of this room, and what it tells of itself."""

from vaguemestre.arrivals import feed_age, feed_drops, feed_effects
from vaguemestre.web.findings import operator_findings, service_facts
from vaguemestre.web.metrics import gauge_sources

gauge_sources.provide(feed_age.feed_gauges)
operator_findings.provide(feed_age.feed_findings)
operator_findings.provide(feed_age.drop_findings)
service_facts.provide(feed_age.feed_facts)

"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.people.ports import feed_followers
from vaguemestre.sso import farewells, overdue, retention, rights
from vaguemestre.web.gauges import gauge_sources

feed_followers.provide(rights.KEEP_UP)
gauge_sources.provide(overdue.gauges)

"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers, session_followers
from vaguemestre.people.ports import feed_followers
from vaguemestre.sso import arena, farewells, overdue, purging, retention, rights
from vaguemestre.web.gauges import gauge_sources

feed_followers.provide(rights.KEEP_UP)
gauge_sources.provide(overdue.gauges)
session_followers.provide(farewells.sessions_ended)
account_purgers.provide(arena.purge, stage=PurgeStage.ROWS)
account_purgers.provide(purging.forget_account, stage=PurgeStage.ROWS)

"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers, session_followers
from vaguemestre.people.ports import feed_followers
from vaguemestre.sso import access_revocation, arena, logout_monitoring, logout_notifications, purge, retention
from vaguemestre.web.metrics import gauge_sources

feed_followers.provide(access_revocation.KEEP_UP)
gauge_sources.provide(logout_monitoring.logout_gauges)
session_followers.provide(logout_notifications.sessions_ended)
account_purgers.provide(arena.purge, stage=PurgeStage.ROWS)
account_purgers.provide(purge.forget_account, stage=PurgeStage.ROWS)

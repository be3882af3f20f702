"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers, session_followers
from vaguemestre.people.ports import feed_followers
from vaguemestre.sso import purge, retention
from vaguemestre.sso.arena import tile_queries
from vaguemestre.sso.logout import access_revocation, logout_monitoring, logout_notifications
from vaguemestre.web.metrics import gauge_sources

feed_followers.provide(access_revocation.KEEP_UP)
gauge_sources.provide(logout_monitoring.logout_gauges)
session_followers.provide(logout_notifications.sessions_ended)
account_purgers.provide(tile_queries.purge, stage=PurgeStage.ROWS)
account_purgers.provide(purge.forget_account, stage=PurgeStage.ROWS)

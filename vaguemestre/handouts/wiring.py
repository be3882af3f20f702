"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers
from vaguemestre.handouts import fetch_notes, limits, retention
from vaguemestre.web.metrics import gauge_sources

gauge_sources.provide(limits.handout_gauges)
account_purgers.provide(retention.forget_account, stage=PurgeStage.ROWS)

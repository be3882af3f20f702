"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers
from vaguemestre.handouts import limits, sweeping
from vaguemestre.web.gauges import gauge_sources

gauge_sources.provide(limits.gauges)
account_purgers.provide(sweeping.forget_account, stage=PurgeStage.ROWS)

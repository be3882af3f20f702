"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers, purge_holders
from vaguemestre.exports import archive_run, export_jobs

purge_holders.provide(export_jobs.holds_purge)
account_purgers.provide(export_jobs.forget_account, stage=PurgeStage.ORDERS)

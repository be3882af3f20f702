"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers
from vaguemestre.moving import import_jobs, import_run

account_purgers.provide(import_jobs.forget_account, stage=PurgeStage.ORDERS)

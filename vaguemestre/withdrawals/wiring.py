"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers, report_followers
from vaguemestre.withdrawals import orders, purging, reports

account_purgers.provide(purging.forget_account, stage=PurgeStage.QUEUE)
report_followers.provide(reports.note)

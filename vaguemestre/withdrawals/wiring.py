"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers, report_followers
from vaguemestre.withdrawals import mailbox_walk, purge, reports

account_purgers.provide(purge.forget_account, stage=PurgeStage.QUEUE)
report_followers.provide(reports.note_report)

"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers
from vaguemestre.backup import backup_status, mailbox_restorations, mailbox_resync, operator_mail
from vaguemestre.web.findings import operator_findings
from vaguemestre.web.metrics import gauge_sources

account_purgers.provide(mailbox_restorations.forget_account, stage=PurgeStage.ORDERS)
gauge_sources.provide(backup_status.backup_gauges)
operator_findings.provide(backup_status.backup_findings)

"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers
from vaguemestre.backup.mailbox import mailbox_restorations
from vaguemestre.backup.status import backup_status, operator_mail
from vaguemestre.backup.whole import mailbox_resync
from vaguemestre.web.findings import operator_findings, service_facts
from vaguemestre.web.metrics import gauge_sources

account_purgers.provide(mailbox_restorations.forget_account, stage=PurgeStage.ORDERS)
gauge_sources.provide(backup_status.backup_gauges)
operator_findings.provide(backup_status.backup_findings)
service_facts.provide(backup_status.backup_facts)

"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.backup import backup_status, mailbox_resync, operator_mail
from vaguemestre.web.findings import operator_findings
from vaguemestre.web.metrics import gauge_sources

gauge_sources.provide(backup_status.backup_gauges)
operator_findings.provide(backup_status.backup_findings)

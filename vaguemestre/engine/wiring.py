"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_projector, account_purgers, mail_holders
from vaguemestre.clock import urgent_jobs
from vaguemestre.engine import (
    health_findings,
    mail_findings,
    mail_gauges,
    mail_heartbeat,
    mailboxes,
    program_state,
    queue_holds,
    retention,
    spam_training,
)
from vaguemestre.engine.projection import project, timer
from vaguemestre.mailbox.sandbox import watchdog
from vaguemestre.web.findings import operator_findings, service_facts
from vaguemestre.web.health_checks import heartbeat_trouble
from vaguemestre.web.metrics import gauge_sources

urgent_jobs.register(lambda _now: watchdog.beat())
account_projector.provide(project)
heartbeat_trouble.provide(mail_heartbeat.find_trouble)
gauge_sources.provide(mail_heartbeat.heartbeat_gauges)
gauge_sources.provide(program_state.program_gauges)
gauge_sources.provide(mail_gauges.postfix_gauges)
gauge_sources.provide(mail_gauges.dovecot_gauges)
gauge_sources.provide(mail_gauges.rspamd_gauges)
operator_findings.provide(health_findings.health_findings)
operator_findings.provide(mail_findings.queue_findings)
service_facts.provide(mail_findings.mail_facts)
operator_findings.provide(mail_findings.idle_findings)
mail_holders.provide(queue_holds.hold_messages)
account_purgers.provide(queue_holds.forget_account, stage=PurgeStage.QUEUE)
account_purgers.provide(mailboxes.delete_mailbox, stage=PurgeStage.MAILBOX)
account_purgers.provide(spam_training.forget_account, stage=PurgeStage.MAILBOX)

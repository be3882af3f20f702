"""A row of `Due` holds a job's name instead of the path of its function."""

from typing import ClassVar

from django.db import migrations

from vaguemestre.clock.renaming import rename

NAMES = {
    "vaguemestre.accounts.closing.close_due": "accounts.closing.close",
    "vaguemestre.accounts.closing.stop_due": "accounts.closing.stop",
    "vaguemestre.accounts.closing.warn_due": "accounts.closing.warn",
    "vaguemestre.accounts.factors.called.keep_up": "accounts.factors.keep_up",
    "vaguemestre.accounts.lockout.send_code": "accounts.lockout.send_code",
    "vaguemestre.accounts.opening.open_due": "accounts.opening.open",
    "vaguemestre.accounts.otp.leavers.ask_keys_back": "accounts.otp.ask_keys_back",
    "vaguemestre.accounts.purging.purge_due": "accounts.purge",
    "vaguemestre.accounts.recovery.answering.answer": "accounts.recovery.answer",
    "vaguemestre.accounts.recovery.texted.take_another_way": "accounts.recovery.take_another_way",
    "vaguemestre.accounts.retention.sweep": "accounts.retention.sweep",
    "vaguemestre.accounts.stolen.carry_on_due": "accounts.drill.carry_on",
    "vaguemestre.accounts.stolen.hold_late": "accounts.drill.hold_late",
    "vaguemestre.arrivals.effects.run_day": "arrivals.run_day",
    "vaguemestre.audit.journal.seal_due": "audit.journal.seal",
    "vaguemestre.career.history.keep_up": "career.history.keep_up",
    "vaguemestre.career.looking_after.sweep": "career.retention.sweep",
    "vaguemestre.career.requests.news.tell": "career.requests.news",
    "vaguemestre.career.requests.reminding.remind": "career.requests.remind",
    "vaguemestre.clock.pruning.prune": "clock.tasks.prune",
    "vaguemestre.contacts.purging.sweep": "contacts.retention.sweep",
    "vaguemestre.courier.delivery.deliver": "courier.mail.deliver",
    "vaguemestre.courier.retention.sweep": "courier.retention.sweep",
    "vaguemestre.courier.texting.deliver": "courier.text.deliver",
    "vaguemestre.directory.index.keep_up": "directory.index.keep_up",
    "vaguemestre.engine.learning.teach": "engine.learning.teach",
    "vaguemestre.engine.projection.timer.repair": "engine.projection.repair",
    "vaguemestre.engine.retention.plan": "engine.retention.plan",
    "vaguemestre.engine.retention.walk": "engine.retention.walk",
    "vaguemestre.exports.orders.look_after": "exports.orders.look_after",
    "vaguemestre.handouts.sweeping.sweep": "handouts.retention.sweep",
    "vaguemestre.letters.retention.sweep": "letters.retention.sweep",
    "vaguemestre.letters.tasks.seal_leftovers": "letters.sealing.leftovers",
    "vaguemestre.maintenance.acts.end_due": "maintenance.end",
    "vaguemestre.moving.orders.look_after": "moving.orders.look_after",
    "vaguemestre.sso.farewells.look_after": "sso.logout.look_after",
    "vaguemestre.sso.overdue.warn": "sso.logout.warn",
    "vaguemestre.sso.retention.sweep": "sso.retention.sweep",
    "vaguemestre.sso.rights.delegation_over": "sso.delegation.end",
    "vaguemestre.sso.rights.keep_up": "sso.rights.keep_up",
    "vaguemestre.webmail.bulk.forget": "webmail.bulk.forget",
    "vaguemestre.webmail.bulk.resume": "webmail.bulk.resume",
    "vaguemestre.webmail.drafts.deposit_later": "webmail.drafts.deposit",
    "vaguemestre.webmail.drafts.forget": "webmail.drafts.forget",
    "vaguemestre.webmail.echoes.read_later": "webmail.delivery_reports.read",
    "vaguemestre.webmail.filtering.apply_later": "webmail.rules.apply",
    "vaguemestre.webmail.filtering.follow_later": "webmail.rules.follow",
    "vaguemestre.webmail.mailing.sending.forget": "webmail.mail_merge.forget",
    "vaguemestre.webmail.mailing.sending.go_on": "webmail.mail_merge.go_on",
    "vaguemestre.webmail.older.look_on": "webmail.attachment_index.go_on",
    "vaguemestre.webmail.outbox.deliver": "webmail.outbox.deliver",
    "vaguemestre.webmail.snooze.returning.wake": "webmail.snooze.wake",
    "vaguemestre.webmail.unanswered.remind": "webmail.follow_up.remind",
    "vaguemestre.webmail.undoing.stop_filters": "webmail.rules.stop",
    "vaguemestre.webmail.unsubscribing.ask": "webmail.unsubscription.ask",
    "vaguemestre.withdrawals.orders.look_after": "withdrawals.orders.look_after",
    "vaguemestre.withdrawals.reports.sweep": "withdrawals.reports.sweep",
}


class Migration(migrations.Migration):
    dependencies: ClassVar = [("clock", "0001_initial")]
    operations: ClassVar = [rename("clock", "Due", "job", NAMES)]

"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_projector, account_purgers, mail_holders
from vaguemestre.engine import mailboxes, queue_holds, retention, spam_training
from vaguemestre.engine.projection import project, timer

account_projector.provide(project)
mail_holders.provide(queue_holds.hold_messages)
account_purgers.provide(queue_holds.forget_account, stage=PurgeStage.QUEUE)
account_purgers.provide(mailboxes.delete_mailbox, stage=PurgeStage.MAILBOX)
account_purgers.provide(spam_training.forget_account, stage=PurgeStage.MAILBOX)

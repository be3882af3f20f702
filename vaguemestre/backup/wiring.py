"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers
from vaguemestre.backup import mailbox_restorations, mailbox_resync

account_purgers.provide(mailbox_restorations.forget_account, stage=PurgeStage.ORDERS)

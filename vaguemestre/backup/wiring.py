"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers
from vaguemestre.backup import restorations

account_purgers.provide(restorations.forget_account, stage=PurgeStage.ORDERS)

"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers
from vaguemestre.moving import orders

account_purgers.provide(orders.forget_account, stage=PurgeStage.ORDERS)

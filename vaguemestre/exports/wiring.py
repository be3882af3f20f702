"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers, purge_holders
from vaguemestre.exports import orders

purge_holders.provide(orders.holds_purge)
account_purgers.provide(orders.forget_account, stage=PurgeStage.ORDERS)

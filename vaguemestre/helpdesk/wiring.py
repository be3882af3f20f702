"""What this room gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers
from vaguemestre.helpdesk import proof

account_purgers.provide(proof.forget_account, stage=PurgeStage.ROWS)

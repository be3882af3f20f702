"""What this room gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers
from vaguemestre.helpdesk import caller_identification

account_purgers.provide(caller_identification.forget_account, stage=PurgeStage.ROWS)

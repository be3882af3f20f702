"""What this room gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers
from vaguemestre.lists import purge

account_purgers.provide(purge.purge, stage=PurgeStage.ROWS)

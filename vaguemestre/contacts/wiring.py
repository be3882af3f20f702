"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers
from vaguemestre.contacts import purge

account_purgers.provide(purge.purge, stage=PurgeStage.ROWS)

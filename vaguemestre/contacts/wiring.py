"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers
from vaguemestre.contacts import purging

account_purgers.provide(purging.purge, stage=PurgeStage.ROWS)

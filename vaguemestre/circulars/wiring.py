"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers
from vaguemestre.circulars import dispatch, drafts, navigation, purge, read_state, withdrawal
from vaguemestre.handouts.ports import kept_files
from vaguemestre.web.navigation import RoomStage, house_rooms, pending_decisions

account_purgers.provide(purge.purge, stage=PurgeStage.ROWS)
house_rooms.provide(navigation.circulars_room, stage=RoomStage.ROLES)
pending_decisions.provide(navigation.waiting_approvals)
kept_files.provide(drafts.kept_files)

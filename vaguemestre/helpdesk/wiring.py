"""What this room gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers
from vaguemestre.helpdesk import navigation
from vaguemestre.helpdesk.caller import caller_identification
from vaguemestre.web.navigation import RoomStage, house_rooms, pending_decisions

account_purgers.provide(caller_identification.forget_account, stage=PurgeStage.ROWS)
house_rooms.provide(navigation.help_desk_room, stage=RoomStage.ROLES)
pending_decisions.provide(navigation.waiting_calls)

"""What this room gives to rooms below."""

from vaguemestre.maintenance.ports import lets_in
from vaguemestre.portal import access, navigation
from vaguemestre.web.navigation import RoomStage, house_rooms, pending_decisions

lets_in.provide(access.passes_maintenance)
house_rooms.provide(navigation.home_room, stage=RoomStage.HOME)
house_rooms.provide(navigation.arena_room, stage=RoomStage.APPLICATIONS)
pending_decisions.provide(navigation.ending_delegations)

"""Providers for rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers
from vaguemestre.lists import navigation, purge
from vaguemestre.web.navigation import RoomStage, house_rooms

account_purgers.provide(purge.purge, stage=PurgeStage.ROWS)
house_rooms.provide(navigation.lists_room, stage=RoomStage.ROLES)

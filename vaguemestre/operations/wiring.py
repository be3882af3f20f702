"""Providers for rooms below."""

from vaguemestre.operations import navigation
from vaguemestre.web.navigation import RoomStage, house_rooms

house_rooms.provide(navigation.operations_room, stage=RoomStage.OPERATIONS)

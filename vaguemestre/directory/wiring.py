"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import account_followers
from vaguemestre.directory import index, navigation
from vaguemestre.people.ports import feed_followers
from vaguemestre.web.navigation import RoomStage, house_rooms

feed_followers.provide(index.KEEP_UP)
account_followers.provide(index.update_accounts)
house_rooms.provide(navigation.directory_room, stage=RoomStage.DIRECTORY)

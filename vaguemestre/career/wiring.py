"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers, session_followers
from vaguemestre.career import navigation, retention
from vaguemestre.career.file import career_history
from vaguemestre.career.requests import draft_reminders, officer_digests
from vaguemestre.career.signin import backchannel_logout
from vaguemestre.people.ports import feed_followers
from vaguemestre.web.navigation import RoomStage, house_rooms, pending_decisions

feed_followers.provide(career_history.KEEP_UP)
session_followers.provide(backchannel_logout.sessions_ended)
account_purgers.provide(retention.forget_account, stage=PurgeStage.ROWS)
house_rooms.provide(navigation.career_room, stage=RoomStage.CAREER)
house_rooms.provide(navigation.office_room, stage=RoomStage.ROLES)
pending_decisions.provide(navigation.waiting_work)

"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_purgers, session_followers
from vaguemestre.career import farewell, history, looking_after
from vaguemestre.career.requests import news, reminding
from vaguemestre.people.ports import feed_followers

feed_followers.provide(history.KEEP_UP)
session_followers.provide(farewell.sessions_ended)
account_purgers.provide(looking_after.forget_account, stage=PurgeStage.ROWS)

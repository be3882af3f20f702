"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import PurgeStage, account_followers, account_purgers, heard_boxes
from vaguemestre.people.ports import feed_followers
from vaguemestre.shared_mailboxes import access, posts, purge

feed_followers.provide(posts.KEEP_UP)
account_followers.provide(posts.follow_ended_accounts)
account_purgers.provide(purge.purge, stage=PurgeStage.ROWS)
heard_boxes.provide(access.boxes_heard_by)

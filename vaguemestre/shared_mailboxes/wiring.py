"""Jobs of this room, what it gives to rooms below, and what it tells of itself."""

from vaguemestre.accounts.ports import PurgeStage, account_followers, account_purgers, heard_boxes
from vaguemestre.people.ports import feed_followers
from vaguemestre.shared_mailboxes import access, ownerless_boxes, posts, purge
from vaguemestre.web.findings import operator_findings
from vaguemestre.web.metrics import gauge_sources

feed_followers.provide(posts.KEEP_UP)
account_followers.provide(posts.follow_ended_accounts)
account_purgers.provide(purge.purge, stage=PurgeStage.ROWS)
heard_boxes.provide(access.boxes_heard_by)
gauge_sources.provide(ownerless_boxes.box_gauges)
operator_findings.provide(ownerless_boxes.box_findings)

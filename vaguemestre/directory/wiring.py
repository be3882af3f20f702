"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.ports import account_followers
from vaguemestre.directory import index
from vaguemestre.people.ports import feed_followers

feed_followers.provide(index.KEEP_UP)
account_followers.provide(index.update_accounts)

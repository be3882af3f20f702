"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts import closing, lockout, opening, purging, retention, stolen
from vaguemestre.accounts.factors import called
from vaguemestre.accounts.otp import leavers
from vaguemestre.accounts.recovery import answering, texted
from vaguemestre.people.ports import feed_followers

feed_followers.provide(called.KEEP_UP)

"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts.attempts import attempt_log
from vaguemestre.accounts.compromise import account_shutdown
from vaguemestre.accounts.lifecycle import closure, creation, purge, retention
from vaguemestre.accounts.lockout import owner_signin
from vaguemestre.accounts.lost_password import request_processing, sms_reset
from vaguemestre.accounts.otp import decisions_waiting, leavers
from vaguemestre.accounts.sessions import factor_requirement
from vaguemestre.people.ports import feed_followers
from vaguemestre.web.metrics import gauge_sources
from vaguemestre.web.navigation import pending_decisions

gauge_sources.provide(attempt_log.signin_gauges)
feed_followers.provide(factor_requirement.KEEP_UP)
pending_decisions.provide(decisions_waiting.otp_keys_to_decide)

"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.career import history, looking_after
from vaguemestre.career.requests import news, reminding
from vaguemestre.people.ports import feed_followers

feed_followers.provide(history.KEEP_UP)

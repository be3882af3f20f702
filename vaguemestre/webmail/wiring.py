"""Jobs of this room."""

from vaguemestre.webmail import bulk, drafts, echoes, filtering, older, outbox, unanswered, undoing, unsubscribing
from vaguemestre.webmail.mailing import sending
from vaguemestre.webmail.snooze import returning

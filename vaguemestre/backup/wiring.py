"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.backup import mailbox_resync

"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts import ports
from vaguemestre.accounts.ports import PurgeStage
from vaguemestre.contacts.ports import correspondent_sources
from vaguemestre.handouts.ports import living_letters
from vaguemestre.webmail import (
    away,
    brought,
    bulk,
    by_link,
    drafts,
    echoes,
    filtering,
    inbox_senders,
    older,
    outbox,
    preferences,
    purging,
    sent,
    sent_on,
    unanswered,
    undoing,
    unsubscribing,
)
from vaguemestre.webmail.mailing import sending
from vaguemestre.webmail.snooze import returning
from vaguemestre.webmail.views.settings import page

ports.account_purgers.provide(purging.purge, stage=PurgeStage.DRAFTS)
ports.mail_holders.provide(outbox.hold_back)
ports.mail_holders.provide(sending.hold_back)
ports.rules_rollback.provide(undoing.undo_since)
ports.sent_list.provide(sent.since)
ports.waiting_list.provide(outbox.waiting_of)
ports.forwarding_list.provide(sent_on.of)
ports.signature_import.provide(brought.keep_signature)
ports.settings_entries.provide(page.places_of)
ports.screen_preferences.provide(preferences.of)
ports.absence_list.provide(away.of)
living_letters.provide(by_link.living)
correspondent_sources.provide(inbox_senders.find_senders)

"""Jobs of this room, and what it gives to rooms below."""

from vaguemestre.accounts import ports
from vaguemestre.accounts.ports import PurgeStage
from vaguemestre.contacts.ports import correspondent_sources
from vaguemestre.handouts.ports import living_letters
from vaguemestre.shared_mailboxes.ports import right_followers
from vaguemestre.web.monitoring.page_timing import timed_pages
from vaguemestre.web.navigation import RoomStage, house_rooms, pending_decisions
from vaguemestre.webmail import kept_files, navigation, purge
from vaguemestre.webmail.actions import bulk_actions
from vaguemestre.webmail.compose import drafts, link_attachments, signature_import
from vaguemestre.webmail.message_list import background_indexing
from vaguemestre.webmail.outbox import delivery, delivery_reports, follow_up, handover, sent_log
from vaguemestre.webmail.outbox.mail_merge import dispatch
from vaguemestre.webmail.preferences import lookup
from vaguemestre.webmail.rules import absent_staff, ended_rights, forwarding_report, rollback, sieve_sync
from vaguemestre.webmail.screens.settings_pages import entries
from vaguemestre.webmail.search import attachment_index
from vaguemestre.webmail.snooze import wakeups
from vaguemestre.webmail.trust import inbox_senders, list_unsubscription


def _timed_pages() -> dict[str, str]:
    return {"webmail:folder": "list", "webmail:message": "open", "webmail:send": "send"}


ports.account_purgers.provide(purge.purge, stage=PurgeStage.DRAFTS)
ports.account_followers.provide(kept_files.follow_accounts)
ports.mail_memories.provide(kept_files.forget)
ports.mail_holders.provide(delivery.hold_back)
ports.mail_holders.provide(dispatch.hold_back)
ports.rules_rollback.provide(rollback.undo_since)
ports.sent_list.provide(sent_log.sent_since)
ports.waiting_list.provide(delivery.waiting_messages)
ports.forwarding_list.provide(forwarding_report.active_forwardings)
ports.signature_import.provide(signature_import.keep_signature)
ports.settings_entries.provide(entries.settings_groups)
ports.screen_preferences.provide(lookup.load_preferences)
ports.absence_list.provide(absent_staff.absence_texts)
timed_pages.provide(_timed_pages)
house_rooms.provide(navigation.mail_room, stage=RoomStage.MAIL)
pending_decisions.provide(navigation.unconfirmed_redirection)
right_followers.provide(handover.hand_over)
right_followers.provide(ended_rights.end_forwardings)
right_followers.provide(kept_files.follow_rights)
living_letters.provide(link_attachments.living_letters)
correspondent_sources.provide(inbox_senders.find_senders)

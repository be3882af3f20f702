"""The journal's acts in words, for the help desk and for the person concerned. An unknown act is shown as it is."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.models import ResetRequest
from vaguemestre.web.dates import full_date

SENTENCES: Mapping[str, str | Promise] = {
    "account.opening-moved": _("Day of opening moved"),
    "account.opened": _("Account made"),
    "account.begun": _("Account open: first day of duty"),
    "account.closing": _("Closing planned"),
    "account.closed": _("Account closed: end of duty"),
    "account.stopped": _("Mail no longer received"),
    "account.reopened": _("Account open again"),
    "account.restored": _("Account restored"),
    "account.purged": _("Account deleted"),
    "account.withdrawn": _("Account withdrawn: a mistaken feed"),
    "account.renamed": _("New address after a change of name"),
    "account.locked": _("Account locked"),
    "account.unlocked": _("Account unlocked"),
    "account.stolen": _("Account declared stolen: everything closed"),
    "account.unfrozen": _("Sending allowed again"),
    "held.released": _("Held messages let go"),
    "held.deleted": _("Held messages deleted"),
    "held.not-done": _("Held messages that the mail server did not touch"),
    "mail.unblocked": _("Mailbox opened again before the hour"),
    "tries.forgotten": _("Counters of failed sign-ins emptied"),
    "identity.proved": _("Identity proved"),
    "identity.not-proved": _("Identity not proved"),
    "sso.opened": _("Application opened"),
    "sso.right-ended": _("Signed out of an application: the right to it has ended"),
    "sso.consent-given": _("Application allowed to read something about the person"),
    "sso.consent-withdrawn": _("Application no longer allowed to read anything about the person"),
    "sso.application-registered": _("Application registered"),
    "sso.shown-twice": _("What an application holds was shown twice: its access is ended"),
    "sso.farewells-again": _("Applications told once more that sessions have ended"),
    "sso.key-made": _("New key that signs what applications are told"),
    "session.closed": _("A session closed from another one"),
    "session.factor-due": _("A second factor is asked for in an open session, for new duties"),
    "sessions.closed": _("All other sessions closed"),
    "account.welcomed": _("First sign-in finished"),
    "charter.accepted": _("Charter accepted"),
    "password.chosen": _("Password chosen"),
    "password.provisional": _("Provisional password made, for the letter"),
    "password.temporary": _("Temporary password given"),
    "factor.telephone-added": _("Telephone added as a second factor"),
    "factor.telephone-withdrawn": _("Telephone withdrawn as a second factor"),
    "factor.text-added": _("Codes by text message added as a second factor"),
    "factor.text-withdrawn": _("Codes by text message withdrawn as a second factor"),
    "factor.all-withdrawn": _("Second factors withdrawn"),
    "factor.recent-withdrawn": _("Recently added second factors withdrawn"),
    "factor.passkey-added": _("Passkey added"),
    "factor.passkey-withdrawn": _("Passkey withdrawn"),
    "factor.recovery-codes-made": _("Recovery codes made"),
    "factor.recovery-code-used": _("Recovery code used"),
    "app-password.made": _("Application password made"),
    "app-password.withdrawn": _("Application password withdrawn"),
    "mail-program.let-in": _("Mail program let in on the portal"),
    "mail-program.ended": _("Mail program let in on the portal cut off"),
    "rescue.recorded": _("Rescue contact recorded by the help desk"),
    "rescue.confirmed": _("Rescue contact confirmed"),
    "rescue.voided": _("Rescue contact confirmed lately made void"),
    "rescue.withdrawn": _("Rescue contact withdrawn"),
    "rescue.phone": _("Telephone of the rescue contact changed"),
    "rescue.phone-confirmed": _("Telephone of the rescue contact confirmed"),
    "rescue.phone-withdrawn": _("Confirmed telephone of the rescue contact withdrawn"),
    "rescue.phone-voided": _("Telephone of the rescue contact confirmed lately made void"),
    "rescue.way": _("Way chosen for a lost password"),
    "rescue.put-off": _("Rescue contact put off"),
    "absence.set": _("Absence reply set up"),
    "absence.stopped": _("Absence reply stopped"),
    "absence.undone": _("Absence reply undone"),
    "filter.saved": _("Filter of the mail saved"),
    "filter.removed": _("Filter of the mail deleted"),
    "filter.on": _("Filter of the mail started"),
    "filter.off": _("Filter of the mail stopped"),
    "filter.undone": _("Filters of the mail put back as they were"),
    "mailing.begun": _("Mailing begun: a letter a person"),
    "mailing.stopped": _("Mailing stopped"),
    "delegation.given": _("Application delegated"),
    "delegation.withdrawn": _("Delegation of an application taken back"),
    "application.registered": _("Application registered"),
    "application.changed": _("Application of the registry changed"),
    "application.secret-replaced": _("Secret of an application replaced"),
    "application.closed": _("Application of the registry closed"),
    "application.opened-again": _("Application of the registry open again"),
    "application.shut": _("Maintenance of an application begun"),
    "application.unshut": _("Maintenance of an application ended"),
    "list.exported": _("List of accounts exported"),
    "redirection.set": _("Redirection set up"),
    "redirection.removed": _("Redirection removed"),
    "forwarding.set": _("Forwarding by a filter begun"),
    "forwarding.removed": _("Forwarding by a filter ended"),
    "departure.address-given": _("Next address given, for those who write"),
    "departure.address-withdrawn": _("Next address given no longer"),
    "phishing.reported": _("Suspicious message reported"),
    "suspect.added": _("Suspicious address put on the list"),
    "suspect.removed": _("Suspicious address taken off the list"),
    "suspects.brought": _("List of suspicious addresses brought in"),
    "letter.printed": _("Letter printed"),
    "letter.reissued": _("New letter made"),
    "letter.revoked": _("Letter void"),
    "numen.printed": _("NUMEN printed in the letter"),
    "numen.shown": _("NUMEN shown to its holder"),
    "numen.revealed": _("NUMEN shown to the help desk"),
    "person.joined": _("Taken into the staff"),
    "person.moved": _("New posting"),
    "person.renamed": _("Change of name"),
    "person.updated": _("HR file changed"),
    "person.waiting": _("Change planned by the HR feed"),
    "person.left": _("End of duty"),
    "person.put-back": _("HR file as before: a mistaken feed undone"),
    "import.undone": _("Mistaken HR feed undone"),
    "maintenance.announced": _("Maintenance announced"),
    "maintenance.begun": _("Maintenance begun: pages closed"),
    "maintenance.ended": _("Maintenance over: pages open again"),
    "maintenance.withdrawn": _("Maintenance withdrawn"),
    "reset.requested": _("Reset asked of the help desk"),
    "reset.taken": _("Request taken in charge"),
    "reset.answered": _("Request answered"),
    "reset.withdrawn": _("Request no longer needed"),
    "reset.link-sent": _("Reset link sent to the rescue contact"),
    "reset.text-sent": _("Reset code sent to the rescue telephone"),
    "reset.text-used": _("Reset code of the rescue telephone used"),
    "reset.done": _("Password changed by a reset link"),
    "export.ordered": _("Copy of the mailbox asked for"),
    "export.access-request": _("Copy of the mailbox asked for by the help desk, for the person"),
    "export.ready": _("Copy of the mailbox ready"),
    "export.failed": _("Copy of the mailbox not made"),
    "export.fetched": _("Copy of the mailbox fetched"),
    "export.given-up": _("Copy of the mailbox given up"),
    "export.swept": _("Copy of the mailbox deleted: its days are over"),
    "export.link-sent": _("Link to the copy of the mailbox sent to the rescue contact"),
    "export.link-used": _("Copy of the mailbox opened by its link"),
    "intake.asked": _("Import of mail asked for"),
    "intake.done": _("Mail imported"),
    "intake.stopped": _("Import of mail stopped"),
    "intake.undone": _("Import of mail taken back"),
    "intake.failed": _("Import of mail not finished"),
    "roundcube.brought": _("Contacts and signatures of Roundcube brought in"),
    "career.thread-opened": _("Subject opened with the HR office"),
    "career.message-sent": _("Message sent in I-Prof"),
    "career.thread-seen": _("Subject read by the HR office"),
    "career.thread-done": _("Subject marked as done"),
    "career.thread-reopened": _("Subject opened again"),
    "career.enclosure-seen": _("Document opened by the HR office"),
    "career.file-seen": _("HR file read by the HR office"),
    "career.guide-written": _("Page of the guides written"),
    "career.guide-withdrawn": _("Page of the guides withdrawn"),
    "career.guide-shown": _("Page of the guides shown again"),
    "career.request-sent": _("Request sent to the HR office"),
    "career.request-withdrawn": _("Request to the HR office withdrawn"),
    "career.request-taken": _("Request taken in charge by the HR office"),
    "career.request-accepted": _("Request accepted by the HR office"),
    "career.request-refused": _("Request refused by the HR office"),
    "career.documents-asked": _("Documents asked for by the HR office"),
    "career.request-seen": _("Request read by the HR office"),
    "career.document-seen": _("Document of a request opened by the HR office"),
    "career.iban-seen": _("Account number (IBAN) shown to the HR office"),
    "career.requests-exported": _("Table of requests taken by the HR office"),
    "career.campaign-opened": _("Campaign made"),
    "career.campaign-changed": _("Campaign changed"),
    "career.campaign-closed": _("Campaign closed"),
    "otp-key.imported": _("OTP key taken into the stock"),
    "otp-key.asked": _("OTP key asked for"),
    "otp-key.request-withdrawn": _("Request for an OTP key withdrawn"),
    "otp-key.approved": _("Request for an OTP key approved"),
    "otp-key.refused": _("Request for an OTP key refused"),
    "otp-key.assigned": _("OTP key set aside"),
    "otp-key.put-back": _("OTP key put back into the stock"),
    "otp-key.handed": _("OTP key handed over"),
    "otp-key.activated": _("OTP key activated"),
    "otp-key.pin-reset": _("Choice of a new PIN opened"),
    "otp-key.pin-chosen": _("New PIN chosen"),
    "otp-key.resynchronised": _("OTP key put right"),
    "otp-key.blocked": _("OTP key blocked after three wrong PINs"),
    "otp-key.lost": _("OTP key declared lost"),
    "otp-key.ended": _("OTP key activated lately ended"),
    "otp-key.found": _("Lost OTP key found again"),
    "otp-key.replaced": _("OTP key replaced"),
    "otp-key.asked-back": _("OTP key asked back"),
    "otp-key.returned": _("OTP key returned"),
    "otp-key.retired": _("OTP key taken out of the stock"),
    "otp-key.password-again": _("Signing in with the password allowed again"),
}

# What a line's details say to a reader, under which heading. The rest stays in the journal.
_TOLD: Mapping[str, str | Promise] = {
    "reason": _("reason: %(value)s"),
    "letter": _("letter %(value)s"),
    "batch": _("batch %(value)s"),
    "snapshot": _("HR feed of %(value)s"),
    "on": _("from %(value)s"),
    "method": "%(value)s",
    "number": _("no. %(value)s"),
    "note": _("outcome: %(value)s"),
    "held": _("messages: %(value)s"),
    "serial": _("key no. %(value)s"),
    "slip": _("slip %(value)s"),
}
# Values that are words of the code.
_VALUES: Mapping[Any, str | Promise] = {
    **{reason.value: reason.label for reason in ResetRequest.Reason},
    ResetRequest.LINKS_SPENT: _("all the links allowed were asked for"),
    "letter": _("welcome letter"),
    "code": _("code sent to the rescue contact"),
    "questions": _("questions on the file"),
    "in-person": _("seen in person, with an identity document"),
}


def sentence(act: str) -> str:
    return str(SENTENCES.get(act, act))


def told(details: Mapping[str, Any]) -> str:
    """`reason: seen in person; letter 2026-80-00412`; empty when there is nothing to add."""
    known = [
        str(_TOLD[name]) % {"value": _readable(value)} for name, value in details.items() if name in _TOLD and value
    ]
    return _separator().join(known)


def _separator() -> str:
    return gettext("; ")  # between two facts


def _readable(value: object) -> object:
    """A word of the code in ours, a day as people say it."""
    if value in _VALUES:
        return _VALUES[value]
    try:
        return full_date(date.fromisoformat(str(value))).partition(" ")[2]
    except ValueError:
        return value

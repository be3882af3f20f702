"""The sentences of notices. Every change has one; a change that is not listed is said by its kind."""

from collections.abc import Callable, Mapping
from datetime import date

from django.utils.translation import gettext as _, ngettext

from vaguemestre.accounts.models import Notice
from vaguemestre.accounts.network_text import network_text
from vaguemestre.accounts.notices import otp_notice_text
from vaguemestre.courier.quoted_words import quote_name
from vaguemestre.web.date_text import full_date

Kind = Notice.Kind
type Details = Mapping[str, object]
type Words = Callable[[Details], str]


def notice_sentence(notice: Notice) -> str:
    if notice.kind == Kind.OTP_KEY:
        return otp_notice_text.otp_notice(notice.details)
    words = _sentences(Kind(notice.kind)).get(str(notice.details.get("change", "")))
    return words(notice.details) if words else _in_general(Kind(notice.kind))


def notice_advice(notice: Notice) -> str:
    """Nothing to do for whoever did it; for the others, the shortest way to stop it."""
    match Kind(notice.kind):
        case Kind.STOLEN:
            return _(
                "Nothing opens any more. Call your help desk: it gives you back your access once it knows it is you."
            )
        case Kind.HELP_DESK:
            return _("If you called the help desk, all is well. If not, call it and say that you did not ask for this.")
        case Kind.LEAVING:
            return _("Your private mail can be taken along: My account, then “Leaving and taking my mail along”.")
        case Kind.EXPORT:
            return _("Only you can fetch it. If you asked for nothing, call your help desk.")
        case Kind.WITHDRAWAL if notice.details.get("change") == "put-back":
            return _("There is nothing to do.")
        case Kind.SHARED_MAILBOX:
            return _("What is there is yours to send, to change or to delete.")
        case Kind.WITHDRAWAL:
            return _(
                "If you followed its link, opened its file or answered it, change your password at once, then call your"
                " help desk. If not, there is nothing to do."
            )
        case Kind.PASSWORD | Kind.RESCUE_CONTACT | Kind.OTP_KEY | Kind.FACTOR:
            return _(
                "If it was you, there is nothing to do. If not, call your help desk at once and say: stolen account."
            )
        case _less:
            return _(
                "If it was you, there is nothing to do. If not, change your password at once, then call your help desk."
            )


def _sentences(kind: Notice.Kind) -> dict[str, Words]:
    match kind:
        case Kind.PASSWORD:
            return _PASSWORD
        case Kind.RESCUE_CONTACT:
            return _RESCUE
        case Kind.FACTOR:
            return _FACTOR
        case Kind.APP_PASSWORD:
            return _APP_PASSWORD
        case Kind.REDIRECTION:
            return _REDIRECTION
        case Kind.NEW_DEVICE:
            return _NEW_DEVICE
        case Kind.HELP_DESK:
            return _HELP_DESK
        case Kind.LEAVING:
            return _LEAVING
        case Kind.EXPORT:
            return _EXPORT
        case Kind.WITHDRAWAL:
            return _WITHDRAWAL
        case Kind.SHARED_MAILBOX:
            return _SHARED_MAILBOX
        case _other:
            return {}


def _in_general(kind: Notice.Kind) -> str:
    match kind:
        case Kind.PASSWORD:
            return _("Your password was changed.")
        case Kind.RESCUE_CONTACT:
            return _("Your rescue contact was changed.")
        case Kind.FACTOR:
            return _("A second factor of your account was changed.")
        case Kind.APP_PASSWORD:
            return _("An application password of your account was changed.")
        case Kind.REDIRECTION:
            return _("The redirection of your mail was changed.")
        case Kind.NEW_DEVICE:
            return _("Somebody signed in to your account from a device that had not been seen before.")
        case Kind.HELP_DESK:
            return _("The help desk acted on your account.")
        case Kind.LEAVING:
            return _("Your duty ends: your account closes.")
        case Kind.EXPORT:
            return _("A copy of your mailbox was asked for.")
        case Kind.WITHDRAWAL:
            return _("A dangerous message was taken out of your mailbox.")
        case Kind.SHARED_MAILBOX:
            return _("Something changed in a mailbox that you share.")
        case _stolen:
            return _("Your account was declared stolen: everything that was open was closed.")


def _named(details: Details, key: str = "name") -> str:
    """« Ma clé »: what a person typed stays inside its quotation marks, without a link."""
    return _("“%(name)s”") % {"name": quote_name(str(details.get(key) or ""))}


def _plain(details: Details, key: str) -> str:
    return quote_name(str(details.get(key) or ""))


def _place(details: Details) -> str:
    return network_text(str(details.get("network") or ""))


def _office(details: Details) -> str:
    return _plain(details, "office") or _("The mail service")


def _messages_restored(details: Details) -> str:
    office, count = _office(details), int(str(details.get("count") or 0))
    if not count:
        return _("%(office)s looked for missing messages in a backup: none is missing.") % {"office": office}
    said = ngettext(
        "%(office)s brought %(count)d message back from the backup of %(day)s. It is in the folder “%(place)s” of your "
        "mailbox.",
        "%(office)s brought %(count)d messages back from the backup of %(day)s. They are in the folder “%(place)s” of "
        "your mailbox.",
        count,
    )
    day, place = _day(details, "day"), _plain(details, "place")
    return said % {"office": office, "count": count, "day": day, "place": place}


def _handed_over(details: Details) -> str:
    letters, forwardings = (int(str(details.get(key) or 0)) for key in ("letters", "forwardings"))
    name, box = _plain(details, "name"), _named(details, "box")
    said = [_("%(name)s no longer writes in the name of the mailbox %(box)s.") % {"name": name, "box": box}]
    if letters:
        words = ngettext(
            "%(count)d message of theirs that has not left waits there for you, under “Waiting to leave”.",
            "%(count)d messages of theirs that have not left wait there for you, under “Waiting to leave”.",
            letters,
        )
        said.append(words % {"count": letters})
    if forwardings:
        said.append(_("Its mail is no longer sent on to their own address."))
    return " ".join(said)


def _day(details: Details, key: str) -> str:
    return full_date(date.fromisoformat(str(details[key])))


_LEAVING: dict[str, Words] = {
    "": lambda d: _("Your duty ends: your account closes on %(day)s.") % {"day": _day(d, "on")},
    "later": lambda d: _("Your account stays open longer, until %(day)s.") % {"day": _day(d, "on")},
    "off": lambda _d: _("Your account stays open: your mail and your address are as before."),
}
_EXPORT: dict[str, Words] = {
    "ordered": lambda _d: _("A copy of your mailbox was asked for."),
    "ready": lambda d: _("The copy of your mailbox is ready, until %(day)s.") % {"day": _day(d, "until")},
    "failed": lambda _d: _("The copy of your mailbox could not be made. Ask for it again."),
    "access-request": lambda d: (
        _("The help desk asked for a copy of your mailbox, for you: %(reason)s.") % {"reason": _named(d, "reason")}
    ),
}
_WITHDRAWAL: dict[str, Words] = {
    "taken": lambda d: (
        _("A dangerous message was taken out of your mailbox: %(subject)s, from %(sender)s.")
        % {"subject": _named(d, "subject"), "sender": _plain(d, "sender")}
    ),
    "put-back": lambda d: (
        _("The message %(subject)s, from %(sender)s, is in your mailbox again: it was taken out by mistake.")
        % {"subject": _named(d, "subject"), "sender": _plain(d, "sender")}
    ),
}
_SHARED_MAILBOX: dict[str, Words] = {"handed-over": lambda d: _handed_over(d)}
_PASSWORD: dict[str, Words] = {
    "changed": lambda _d: _("Your password was changed on the page My account."),
    "changed-with-programs": lambda _d: _(
        "Your password was changed on the page My account, and the application passwords were withdrawn."
    ),
    "chosen": lambda _d: _("A new password was chosen, in place of the one that had been given to you."),
    "reset": lambda _d: _("Your password was changed by the link sent to your rescue contact."),
    "reset-with-programs": lambda _d: _(
        "Your password was changed by the link sent to your rescue contact, and the application passwords were"
        " withdrawn."
    ),
    "text-reset": lambda _d: _("Your password was changed by a code sent to your telephone."),
    "text-reset-with-programs": lambda _d: _(
        "Your password was changed by a code sent to your telephone, and the application passwords were withdrawn."
    ),
    "temporary": lambda _d: _("The help desk gave a temporary password, which works once, for 30 minutes."),
    "letter": lambda _d: _("A new letter was asked for: the former password works no more."),
}
_RESCUE: dict[str, Words] = {
    "confirmed": lambda d: _("Your rescue contact is now %(contact)s.") % {"contact": _plain(d, "contact")},
    "withdrawn": lambda d: _("Your rescue contact %(contact)s was withdrawn.") % {"contact": _plain(d, "contact")},
    "phone": lambda _d: _("The telephone number of your rescue contact was changed."),
    "phone-confirmed": lambda d: (
        _("The telephone of your rescue contact is now %(contact)s.") % {"contact": _plain(d, "contact")}
    ),
}
_FACTOR: dict[str, Words] = {
    "telephone-added": lambda _d: _("A telephone application now gives codes for your account."),
    "telephone-withdrawn": lambda _d: _("The telephone application gives no code for your account any more."),
    "text-added": lambda _d: _("Codes by text message are now asked for when you sign in."),
    "text-withdrawn": lambda _d: _("Codes by text message are no longer asked for when you sign in."),
    "all-withdrawn": lambda _d: _("The help desk withdrew the second factors of your account."),
    "passkey-added": lambda d: _("The passkey %(name)s was added.") % {"name": _named(d)},
    "passkey-withdrawn": lambda d: _("The passkey %(name)s was withdrawn.") % {"name": _named(d)},
    "recovery-codes-made": lambda _d: _("A new list of recovery codes was made: the former one works no more."),
    "recovery-code-used": lambda d: (
        ngettext(
            "A recovery code was used to sign in. %(left)d is left.",
            "A recovery code was used to sign in. %(left)d are left.",
            int(str(d.get("left") or 0)),
        )
        % {"left": int(str(d.get("left") or 0))}
    ),
}
_APP_PASSWORD: dict[str, Words] = {
    "made": lambda d: _("An application password was made: %(name)s.") % {"name": _named(d)},
    "withdrawn": lambda d: _("The application password %(name)s was withdrawn.") % {"name": _named(d)},
    "program-let-in": lambda d: _("The mail program %(name)s was let into your mailbox.") % {"name": _named(d)},
    "program-ended": lambda d: _("The mail program %(name)s no longer opens your mailbox.") % {"name": _named(d)},
    "program-stolen": lambda d: (
        _("The mail program %(name)s was cut off: what it shows once was shown twice, as if it had been copied.")
        % {"name": _named(d)}
    ),
}
_REDIRECTION: dict[str, Words] = {
    "set": lambda d: _("Your mail is now redirected to %(address)s.") % {"address": _plain(d, "address")},
    "removed": lambda d: _("Your mail is no longer redirected to %(address)s.") % {"address": _plain(d, "address")},
    "filter-set": lambda d: (
        _("A filter of your mail now forwards some of it to %(address)s.") % {"address": _plain(d, "address")}
    ),
    "filter-removed": lambda d: (
        _("No filter of your mail forwards anything to %(address)s any more.") % {"address": _plain(d, "address")}
    ),
}
_NEW_DEVICE: dict[str, Words] = {
    "": lambda d: (
        _("Somebody signed in to your account from a new device: %(device)s, %(place)s.")
        % {"device": _plain(d, "device"), "place": _place(d)}
    ),
    "program": lambda d: (
        _("A mail program signed in to your account from a new place: %(place)s.") % {"place": _place(d)}
    ),
    "app-program": lambda d: (
        _("A mail program signed in with the application password %(name)s for the first time, %(place)s.")
        % {"name": _named(d), "place": _place(d)}
    ),
    "portal-program": lambda d: (
        _("The mail program %(name)s, let in on the portal, signed in for the first time, %(place)s.")
        % {"name": _named(d), "place": _place(d)}
    ),
}
_HELP_DESK: dict[str, Words] = {
    "unlocked": lambda d: _("%(office)s unlocked your account.") % {"office": _plain(d, "office")},
    "locked": lambda d: _("%(office)s locked your account.") % {"office": _plain(d, "office")},
    "temporary-pass": lambda d: (
        _("%(office)s gave a temporary password, which works once, for 30 minutes.") % {"office": _plain(d, "office")}
    ),
    "letter": lambda d: (
        _("%(office)s had a new letter made: the former password works no more.") % {"office": _plain(d, "office")}
    ),
    "numen-revealed": lambda d: _("%(office)s looked at your NUMEN.") % {"office": _plain(d, "office")},
    "restored": lambda d: _("Your account is open again (%(office)s).") % {"office": _plain(d, "office")},
    "unfrozen": lambda _d: _("Mail may leave in your name again."),
    "unblocked": lambda _d: _("Your mailbox is open again."),
    "backup-looked": lambda d: (
        _(
            "%(office)s looked for missing messages in the backup of your mailbox. None is read: only their number and "
            "the names of their folders are shown."
        )
        % {"office": _office(d)}
    ),
    "messages-restored": lambda d: _messages_restored(d),
    "held-released": lambda d: (
        ngettext(
            "%(office)s let %(count)d message leave that had been held when your account was declared stolen.",
            "%(office)s let %(count)d messages leave that had been held when your account was declared stolen.",
            int(str(d.get("count") or 0)),
        )
        % {"office": _plain(d, "office"), "count": int(str(d.get("count") or 0))}
    ),
    "held-deleted": lambda d: (
        ngettext(
            "%(office)s deleted %(count)d message that had been held when your account was declared stolen.",
            "%(office)s deleted %(count)d messages that had been held when your account was declared stolen.",
            int(str(d.get("count") or 0)),
        )
        % {"office": _plain(d, "office"), "count": int(str(d.get("count") or 0))}
    ),
}

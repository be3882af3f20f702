"""What is said of keys: in notices, lists and refusals."""

from collections.abc import Mapping

from django.utils.translation import gettext as _


def otp_notice(details: Mapping[str, object]) -> str:
    number = {"serial": str(details.get("serial") or "")}
    match str(details.get("change") or ""):
        case "asked":
            return _("You asked for an OTP key.")
        case "approved":
            return _("Your request for an OTP key was approved.")
        case "refused":
            return _("Your request for an OTP key was refused.")
        case "assigned":
            where = number | {"place": str(details.get("place") or "")}
            return _("OTP key no. %(serial)s waits for you: %(place)s. Bring an identity document.") % where
        case "handed":
            told = _("OTP key no. %(serial)s was handed over to you. Activate it at your next sign-in.") % number
            return f"{told} {_('Mail programs need passwords of their own from now on.')}"
        case "activated":
            return _activated(details, number)
        case "pin-reset":
            return _("The help desk opened the choice of a new PIN for your OTP key no. %(serial)s.") % number
        case "pin-chosen":
            return _("A new PIN was chosen for your OTP key no. %(serial)s.") % number
        case "resynchronised":
            return _("Your OTP key no. %(serial)s was set right again.") % number
        case "blocked":
            return _("Your OTP key no. %(serial)s was blocked after three wrong PINs.") % number
        case "lost":
            return _("Your OTP key no. %(serial)s was declared lost: it opens nothing any more.") % number
        case "returned":
            return _("Your OTP key no. %(serial)s was returned.") % number
        case "replaced":
            return _("Your OTP key no. %(serial)s was replaced: it opens nothing any more.") % number
        case "asked-back":
            return _("Your duty ends: bring OTP key no. %(serial)s back to your help desk.") % number
        case "password-again":
            return _("The help desk lets you sign in with your password until you have another OTP key.")
        case _unknown:
            return _("Your OTP key was changed.")


def _activated(details: Mapping[str, object], number: dict[str, str]) -> str:
    if details.get("telephone"):
        return _("A telephone is now your OTP key: you sign in with its PIN and its six digits.")
    return _("OTP key no. %(serial)s is active: you sign in with its PIN and its six digits.") % number

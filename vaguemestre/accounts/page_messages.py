"""What the page My account says after an act, by a word in its address: nobody else can make it say anything."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _


def account_page_url(word: str, anchor: str = "") -> str:
    return f"{reverse('accounts:account')}?fait={word}" + (f"#{anchor}" if anchor else "")


def page_message(request: HttpRequest) -> str:
    match request.GET.get("fait"):
        case "mot-de-passe":
            return _("Your password is changed. Your other sessions are closed.")
        case "secours":
            return _("Your rescue contact is confirmed.")
        case "secours-retire":
            return _("Your rescue contact is withdrawn.")
        case "telephone":
            return _("Your telephone number is noted.")
        case "telephone-ajoute":
            return _("The application of your telephone is added.")
        case "cle-ajoutee":
            return _("The passkey is added.")
        case "sms-ajoute":
            return _("A code by text message is now asked for when you sign in.")
        case "facteur-retire":
            return _("It is withdrawn: it no longer opens your account.")
        case "facteur-d-abord":
            return _("Recovery codes stand for a second factor: add one first.")
        case "mdp-retire":
            return _("The application password is withdrawn. Its program is cut off.")
        case "mdp-bientot-retire":
            return _("The application password is withdrawn. The mail servers learn it within a minute.")
        case "acces-retire":
            return _("The program is cut off: it no longer opens your mailbox.")
        case "acces-bientot-retire":
            return _("The program is cut off. The mail servers learn it within a minute.")
        case _nothing:
            return ""

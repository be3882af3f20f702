"""What the page of a person says after an act, by the word in its address."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ANSWERS: Mapping[str, Promise] = {
    "verrou-leve": _("The account is unlocked. The person signs in with the same password."),
    "verrou-inutile": _("Nothing was locked: nothing has changed."),
    "verrou": _("The account is locked, on the web and in mail programs."),
    "verrou-bientot": _("The account is locked on the web. Mail programs follow within a minute."),
    "lettre": _("A new letter waits to be printed. The former ones, and their password, are void."),
    "identite": _("Identity proved: for 15 minutes you may do what needs it."),
    "contact": _("The rescue contact is recorded."),
    "degel": _("Mail may leave in this person’s name again."),
    "deblocage": _("The mailbox is open again."),
    "facteurs": _("The second factors are withdrawn: the password alone opens again."),
    "retour": _("The account is restored."),
    "numen-absent": _("HR has not told this person’s NUMEN yet."),
}

"""What the pages of keys say after an act, by the word in their address."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ANSWERS: Mapping[str, Promise] = {
    "inconnue": _("No key of this number among those you look after."),
    "trop-tard": _("Somebody was faster, or the page was old: look at the present state."),
    "accordee": _("The request is approved. The person is told."),
    "refusee": _("The request is refused. The person is told, with your word."),
    "attribuee": _("The key is set aside. Print the slip, have it signed, then hand the key over."),
    "remise": _("The key is handed over. Its holder activates it at the next sign-in, within 15 days."),
    "reprise": _("The key is back in the stock."),
    "pin": _("For 24 hours, a code without PIN opens the choice of a new one."),
    "reglee": _("The key is right again."),
    "perdue": _("The key opens nothing any more; every session of its holder is closed."),
    "rendue": _("The key is back in the stock, without PIN. The person signs in with the password."),
    "retiree": _("The key is out of use."),
    "mot-de-passe": _("The person signs in with the password until there is another key."),
    "motif": _("A reason is missing: one sentence."),
}

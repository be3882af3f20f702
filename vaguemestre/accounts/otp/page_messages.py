"""What the pages say after an act, by a word in their address: nobody else can make them say anything."""

from django.utils.translation import gettext_lazy as _

ANSWERS = {
    "activee": _("Your key is active. From now on you sign in with your PIN followed by the 6 digits."),
    "reglee": _("Your key is right again."),
    "perdue": _("Your key opens nothing any more. Your other sessions are closed."),
    "demandee": _("Your request has left."),
    "retiree": _("Your request is withdrawn."),
    "accordee": _("The request is approved. The person is told, and the help desk sees it."),
    "refusee": _("The request is refused. The person is told, with your word."),
    "trop-tard": _("This request was decided or withdrawn meanwhile."),
}

"""One origin, one folder a door. Each room owns the addresses below its own name."""

from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("webmail/", include("vaguemestre.webmail.urls")),  # first: what is asked for most
    path("", RedirectView.as_view(url="/portail/")),
    path("", include("vaguemestre.web.urls")),
    path("", include("vaguemestre.portal.urls")),
    path("", include("vaguemestre.accounts.urls")),
    path("assistance/", include("vaguemestre.helpdesk.urls")),
    path("", include("vaguemestre.sso.urls")),
    path("cas/", include("vaguemestre.sso.cas_urls")),
    path("", include("vaguemestre.exports.urls")),
    path("import/", include("vaguemestre.moving.urls")),
    path("fichiers/", include("vaguemestre.handouts.urls")),
    path("contacts/", include("vaguemestre.contacts.urls")),
    path("annuaire/", include("vaguemestre.directory.urls")),
    path("", include("vaguemestre.clients.urls")),
    path("iprof/", include("vaguemestre.career.urls")),
    path("boites-de-service/", include("vaguemestre.shared_mailboxes.urls")),
    path("listes/", include("vaguemestre.lists.urls")),
    path("exploitation/", include("vaguemestre.operations.urls")),
    path("circulaires/", include("vaguemestre.circulars.urls")),
    path("retraits/", include("vaguemestre.withdrawals.urls")),
]
handler400 = "vaguemestre.web.views.errors.bad_request"
handler403 = "vaguemestre.web.views.errors.forbidden"
handler404 = "vaguemestre.web.views.errors.not_found"
handler500 = "vaguemestre.web.views.errors.server_error"

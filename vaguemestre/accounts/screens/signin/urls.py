from django.urls import path

from vaguemestre.accounts.screens.lockout import views
from vaguemestre.accounts.screens.sessions.views.download import download
from vaguemestre.accounts.screens.sessions.views.expiry_warning import staying
from vaguemestre.accounts.screens.sessions.views.saved_form import kept_form
from vaguemestre.accounts.screens.sessions.views.sessions import doubt, other_sessions_end, session_end
from vaguemestre.accounts.screens.sessions.views.sign_out import signout
from vaguemestre.accounts.screens.sessions.views.stream_ticket import listening
from vaguemestre.accounts.screens.signin.views.reauthentication import confirmation
from vaguemestre.accounts.screens.signin.views.reauthentication_dialog import (
    again,
    again_second_factor,
    again_text_message,
)
from vaguemestre.accounts.screens.signin.views.second_factor import second_factor, text_message
from vaguemestre.accounts.screens.signin.views.signin import key_alone, signin
from vaguemestre.accounts.screens.signin.views.signin_log import sign_ins

urlpatterns = [
    path("session/", signin, name="signin"),
    path("session/cle/", key_alone, name="signin-key"),
    path("session/preuve/", views.sign_in, name="lockout"),
    path("session/preuve/code/", views.code, name="lockout-code"),
    path("session/second-facteur/", second_factor, name="second-factor"),
    path("session/second-facteur/sms/", text_message, name="second-factor-text"),
    path("session/ici/", again, name="again"),
    path("session/ici/second-facteur/", again_second_factor, name="again-second-factor"),
    path("session/ici/second-facteur/sms/", again_text_message, name="again-second-factor-text"),
    path("session/reprise/<slug:key>/", kept_form, name="kept-form"),
    path("session/fichier/", download, name="download"),
    path("session/ecoute/", listening, name="listening"),
    path("session/confirmation/", confirmation, name="confirmation"),
    path("session/delai/", staying, name="staying"),
    path("session/fin/", signout, name="signout"),
    path("mon-compte/sessions/fermeture/", other_sessions_end, name="other-sessions-end"),
    path("mon-compte/sessions/<slug:mark>/fermeture/", session_end, name="session-end"),
    path("mon-compte/connexions/", sign_ins, name="sign-ins"),
    path("mon-compte/doute/", doubt, name="doubt"),
]

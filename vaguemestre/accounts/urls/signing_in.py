from django.urls import path

from vaguemestre.accounts.views import lockout
from vaguemestre.accounts.views.again import again, again_second_factor, again_text_message
from vaguemestre.accounts.views.confirmation import confirmation
from vaguemestre.accounts.views.download import download
from vaguemestre.accounts.views.kept_form import kept_form
from vaguemestre.accounts.views.listening import listening
from vaguemestre.accounts.views.second_step import second_factor, text_message
from vaguemestre.accounts.views.sessions import doubt, other_sessions_end, session_end
from vaguemestre.accounts.views.sign_ins import sign_ins
from vaguemestre.accounts.views.signin import key_alone, signin
from vaguemestre.accounts.views.signout import signout
from vaguemestre.accounts.views.time_left import staying

urlpatterns = [
    path("session/", signin, name="signin"),
    path("session/cle/", key_alone, name="signin-key"),
    path("session/preuve/", lockout.sign_in, name="lockout"),
    path("session/preuve/code/", lockout.code, name="lockout-code"),
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

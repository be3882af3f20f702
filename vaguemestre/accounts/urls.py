"""The screens of signing in (`/session/`), of one's account (`/mon-compte/`) and of a lost password (`/bv/`)."""

from vaguemestre.accounts.screens.account_page import urls
from vaguemestre.accounts.screens.factors import urls as factors
from vaguemestre.accounts.screens.first_signin import urls as first_signin
from vaguemestre.accounts.screens.lost_password import urls as recovery
from vaguemestre.accounts.screens.mail_access import urls as app_passwords
from vaguemestre.accounts.screens.otp import urls as otp
from vaguemestre.accounts.screens.signin import urls as signing_in

app_name = "accounts"
urlpatterns = [
    *signing_in.urlpatterns,
    *first_signin.urlpatterns,
    *urls.urlpatterns,
    *otp.urlpatterns,
    *factors.urlpatterns,
    *app_passwords.urlpatterns,
    *recovery.urlpatterns,
]

"""The screens of signing in (`/session/`), of one's account (`/mon-compte/`) and of a lost password (`/bv/`)."""

from vaguemestre.accounts.account_page import urls
from vaguemestre.accounts.factors import urls as factors
from vaguemestre.accounts.first_signin import urls as first_signin
from vaguemestre.accounts.lost_password import urls as recovery
from vaguemestre.accounts.mail_access import urls as app_passwords
from vaguemestre.accounts.otp import urls as otp
from vaguemestre.accounts.signin import urls as signing_in

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

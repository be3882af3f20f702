"""The screens of signing in (`/session/`), of one's account (`/mon-compte/`) and of a lost password (`/bv/`)."""

from vaguemestre.accounts.urls import account, app_passwords, factors, first_signin, otp, recovery, signing_in

app_name = "accounts"
urlpatterns = [
    *signing_in.urlpatterns,
    *first_signin.urlpatterns,
    *account.urlpatterns,
    *otp.urlpatterns,
    *factors.urlpatterns,
    *app_passwords.urlpatterns,
    *recovery.urlpatterns,
]

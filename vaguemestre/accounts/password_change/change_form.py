from django import forms
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.password_change.new_password_form import NewPasswordForm


class PasswordChangeForm(NewPasswordForm):
    programmes = forms.BooleanField(label=_("Also withdraw the application passwords"), required=False)

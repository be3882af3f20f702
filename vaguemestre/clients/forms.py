from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_NAME = 60


class NameForm(forms.Form):
    nom = forms.CharField(
        label=_("Its name in your list"),
        help_text=_("One password for each program and each device: withdrawn, it stops that one alone."),
        max_length=LONGEST_NAME,
        error_messages={"required": _("The name is missing.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )

"""A secret is shown in one session only; two more acts of the drill for a stolen account."""

from django.db import migrations, models

ACTS = [
    ("sessions", "sessions closed"),
    ("app-passwords", "application passwords withdrawn"),
    ("password", "password void"),
    ("factors", "second factors added lately withdrawn"),
    ("otp-keys", "OTP keys activated lately ended"),
    ("rescue", "rescue contact confirmed lately void"),
    ("links", "half sign-ins and reset links dead"),
    ("freeze", "sending frozen"),
    ("block", "mailbox shut"),
    ("daemons", "mail programs cut off"),
    ("redirections", "redirections and filters undone"),
    ("sent", "sent messages listed"),
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_charter_of_those_in_place")]
    operations = [
        migrations.AddField("totp", "shown_in", models.CharField(default="", max_length=16)),
        migrations.AlterField("drillstep", "act", models.CharField(choices=ACTS, max_length=15)),
    ]

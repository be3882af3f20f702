"""Whoever had chosen a password before there was a charter keeps their mail; the portal asks them for the charter."""

from django.db import migrations


def accept_the_old_one(apps, schema_editor):
    account = apps.get_model("accounts", "Account")
    account.objects.filter(password_kind="own", charter_version="").update(charter_version="0")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_identity")]
    operations = [migrations.RunPython(accept_the_old_one, migrations.RunPython.noop)]

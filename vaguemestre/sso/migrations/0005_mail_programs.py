"""Mail programs that are let in on the portal."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PROTOCOLS = [("oidc", "OpenID Connect"), ("cas", "CAS"), ("link", "plain link"), ("mail", "mail program")]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_programs_let_in"), ("sso", "0004_service_tickets")]
    operations = [
        migrations.AlterField(
            "application", "protocol", models.CharField(choices=PROTOCOLS, default="oidc", max_length=4)
        ),
        migrations.AlterField("visit", "protocol", models.CharField(choices=PROTOCOLS, max_length=4)),
        migrations.AddField("code", "program", models.CharField(blank=True, default="", max_length=60)),
        migrations.CreateModel(
            name="ProgramToken",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("family", models.UUIDField(db_index=True)),
                ("scope", models.CharField(max_length=500)),
                ("made_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="program_tokens",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="program_tokens",
                        to="accounts.apppassword",
                    ),
                ),
            ],
        ),
    ]  # fmt: skip

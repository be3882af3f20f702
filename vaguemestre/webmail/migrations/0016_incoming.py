import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """What becomes of incoming mail: another answer outside, the mark of the script that we wrote, and who has agreed
    to get what filters send on."""

    dependencies = [
        ("accounts", "0005_text_messages"),
        ("webmail", "0015_ready_made_and_mailings"),
    ]

    operations = [
        migrations.AddField("preferences", "absence_apart", models.BooleanField(default=False)),
        migrations.AddField("preferences", "absence_outside", models.TextField(default="")),
        migrations.AddField("preferences", "script_mark", models.CharField(default="", max_length=64)),
        migrations.CreateModel(
            "ForwardTarget",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("target", models.CharField(max_length=254)),
                ("confirmed_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="forward_targets",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("account", "target"), name="one_word_a_target")]
            },
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("webmail", "0013_filters"),
    ]

    operations = [
        migrations.AddField(
            model_name="outgoing",
            name="typed",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="preferences",
            name="answers_below",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="preferences",
            name="quotes",
            field=models.BooleanField(default=True),
        ),
    ]

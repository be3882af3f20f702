from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('webmail', '0024_suspects'),
    ]

    operations = [
        migrations.AddField(
            model_name='preferences',
            name='offers_tips',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='preferences',
            name='tips',
            field=models.JSONField(default=dict),
        ),
    ]

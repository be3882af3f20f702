from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('webmail', '0016_incoming'),
    ]

    operations = [
        migrations.AddField(
            model_name='preferences',
            name='writes_from',
            field=models.CharField(default='', max_length=254),
        ),
        migrations.AddField(
            model_name='preferences',
            name='identities',
            field=models.JSONField(default=dict),
        ),
    ]

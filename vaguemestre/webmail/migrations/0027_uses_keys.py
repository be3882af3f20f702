from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('webmail', '0026_reminds_after'),
    ]

    operations = [
        migrations.AddField(
            model_name='preferences',
            name='uses_keys',
            field=models.BooleanField(default=True),
        ),
    ]

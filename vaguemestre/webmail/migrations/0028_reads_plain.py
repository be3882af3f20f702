from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('webmail', '0027_reads_apart'),
    ]

    operations = [
        migrations.AddField(
            model_name='preferences',
            name='reads_plain',
            field=models.BooleanField(default=False),
        ),
    ]

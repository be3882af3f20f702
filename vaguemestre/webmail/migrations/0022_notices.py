from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('webmail', '0021_marks_read'),
    ]

    operations = [
        migrations.AddField(
            model_name='preferences',
            name='sounds',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='preferences',
            name='notifies_in',
            field=models.JSONField(default=list),
        ),
    ]

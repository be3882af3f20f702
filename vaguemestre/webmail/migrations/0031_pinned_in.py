from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('webmail', '0030_keys_and_contact_images'),
    ]

    operations = [
        migrations.AddField(
            model_name='preferences',
            name='pinned_in',
            field=models.JSONField(default=list),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('webmail', '0007_bulk'),
    ]

    operations = [
        migrations.AddField(
            model_name='preferences',
            name='flat_list',
            field=models.BooleanField(default=False),
        ),
    ]

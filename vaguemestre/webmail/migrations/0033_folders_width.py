from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('webmail', '0032_chosen_share'),
    ]

    operations = [
        migrations.AddField(
            model_name='preferences',
            name='folders_width',
            field=models.PositiveSmallIntegerField(null=True),
        ),
    ]

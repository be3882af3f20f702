from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('webmail', '0025_tips'),
    ]

    operations = [
        migrations.AddField(
            model_name='outgoing',
            name='reminds_after',
            field=models.PositiveSmallIntegerField(null=True),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('webmail', '0022_notices'),
    ]

    operations = [
        migrations.AddField(
            model_name='outgoing',
            name='taken_from',
            field=models.CharField(default='', max_length=60),
        ),
    ]

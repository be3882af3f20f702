from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('webmail', '0019_presets'),
    ]

    operations = [
        migrations.AddField(
            model_name='outgoingfile',
            name='origin',
            field=models.CharField(default='', max_length=60),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('webmail', '0020_origin'),
    ]

    operations = [
        migrations.AddField(
            model_name='preferences',
            name='marks_read',
            field=models.CharField(choices=[('opened', 'Opened'), ('later', 'Later'), ('by-hand', 'By Hand')], default='opened', max_length=7),
        ),
    ]

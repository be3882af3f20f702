from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('moving', '0003_bookmark'),
    ]

    operations = [
        migrations.AddField(
            model_name='intake',
            name='looked_at',
            field=models.DateTimeField(null=True),
        ),
    ]

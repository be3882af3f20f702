from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0004_undo'),
    ]

    operations = [
        migrations.AddField(
            model_name='former',
            name='line',
            field=models.PositiveIntegerField(null=True),
        ),
    ]

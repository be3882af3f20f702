import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_text_messages'),
        ('career', '0006_requests'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeskNews',
            fields=[
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='accounts.account')),
                ('manner', models.CharField(choices=[('soon', 'As they come, gathered'), ('morning', 'Each morning'), ('never', 'Never')], default='soon', max_length=7)),
                ('told_until', models.DateTimeField()),
                ('told_at', models.DateTimeField(null=True)),
            ],
        ),
    ]

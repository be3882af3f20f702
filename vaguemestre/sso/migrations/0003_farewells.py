import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sso', '0002_arena'),
    ]

    operations = [
        migrations.CreateModel(
            name='Farewell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField()),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('next_at', models.DateTimeField(db_index=True, null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('last_error', models.CharField(default='', max_length=200)),
                ('visit', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='farewell', to='sso.visit')),
            ],
        ),
    ]

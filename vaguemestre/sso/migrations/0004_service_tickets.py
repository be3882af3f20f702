import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_text_messages'),
        ('sso', '0003_farewells'),
    ]

    operations = [
        migrations.CreateModel(
            name='ServiceTicket',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('session', models.CharField(max_length=64)),
                ('service', models.CharField(max_length=2000)),
                ('fresh', models.BooleanField()),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('used_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='service_tickets', to='accounts.account')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='service_tickets', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
                ('visit', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='service_ticket', to='sso.visit')),
            ],
        ),
    ]

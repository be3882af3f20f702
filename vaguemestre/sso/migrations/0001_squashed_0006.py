"""Every migration up to 0.10 in one. Who has some of them and not all upgrades to 0.10 first."""

import django.db.models.deletion
import oauth2_provider.generators
import oauth2_provider.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('sso', '0001_applications'), ('sso', '0002_arena'), ('sso', '0003_farewells'),
        ('sso', '0004_service_tickets'), ('sso', '0005_mail_programs'), ('sso', '0006_standard_names'),
    ]

    dependencies = [
        ('accounts', '0012_shared_mailbox_notice'),
    ]

    operations = [
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('client_id', models.CharField(db_index=True, default=oauth2_provider.generators.generate_client_id, max_length=255, unique=True, verbose_name='client ID')),
                ('redirect_uris', models.TextField(blank=True, help_text='Allowed URIs list, space separated', verbose_name='redirect URIs')),
                ('post_logout_redirect_uris', models.TextField(blank=True, default='', help_text='Allowed Post Logout URIs list, space separated', verbose_name='post logout redirect URIs')),
                ('client_type', models.CharField(choices=[('confidential', 'Confidential'), ('public', 'Public')], max_length=32, verbose_name='client type')),
                ('authorization_grant_type', models.CharField(choices=[('authorization-code', 'Authorization code'), ('urn:ietf:params:oauth:grant-type:device_code', 'Device Code'), ('implicit', 'Implicit'), ('password', 'Resource owner password-based'), ('client-credentials', 'Client credentials'), ('openid-hybrid', 'OpenID connect hybrid')], max_length=44, verbose_name='authorization grant type')),
                ('client_secret', oauth2_provider.models.ClientSecretField(blank=True, db_index=True, default=oauth2_provider.generators.generate_client_secret, help_text='Client secret for authentication', max_length=255, verbose_name='client secret')),
                ('name', models.CharField(blank=True, max_length=255, verbose_name='name')),
                ('created', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated', models.DateTimeField(auto_now=True, verbose_name='updated')),
                ('slug', models.SlugField(max_length=40, unique=True)),
                ('domain', models.CharField(max_length=40)),
                ('summary', models.CharField(max_length=200)),
                ('home', models.CharField(max_length=500)),
                ('protocol', models.CharField(choices=[('oidc', 'OpenID Connect'), ('cas', 'CAS'), ('link', 'plain link'), ('mail', 'mail program')], default='oidc', max_length=4)),
                ('own', models.BooleanField(default=False)),
                ('delegable', models.BooleanField(default=False)),
                ('needs_key', models.BooleanField(default=False)),
                ('shut_reason', models.CharField(blank=True, default='', max_length=200)),
                ('shut_until', models.DateTimeField(blank=True, null=True)),
                ('scopes', models.JSONField(blank=True, default=list)),
                ('backchannel_logout_uri', models.CharField(blank=True, default='', max_length=500)),
                ('cas_services', models.JSONField(blank=True, default=list)),
                ('active', models.BooleanField(default=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Subject',
            fields=[
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='subject', serialize=False, to='accounts.account')),
                ('value', models.UUIDField(default=uuid.uuid4, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='ApplicationSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session', models.CharField(db_index=True, max_length=64)),
                ('sid', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('protocol', models.CharField(choices=[('oidc', 'OpenID Connect'), ('cas', 'CAS'), ('link', 'plain link'), ('mail', 'mail program')], max_length=4)),
                ('ticket', models.CharField(blank=True, default='', max_length=128)),
                ('opened_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(db_index=True, null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='visits', to='accounts.account')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='visits', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
            ],
            options={
                'db_table': 'sso_visit',
            },
        ),
        migrations.CreateModel(
            name='AccessToken',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('family', models.UUIDField(db_index=True)),
                ('scope', models.CharField(max_length=500)),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='access_tokens', to='sso.applicationsession')),
            ],
        ),
        migrations.CreateModel(
            name='Audience',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(blank=True, max_length=10, null=True)),
                ('function', models.CharField(blank=True, max_length=10, null=True)),
                ('department', models.CharField(blank=True, max_length=3, null=True)),
                ('uai', models.CharField(blank=True, max_length=8, null=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='audiences', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Code',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('family', models.UUIDField(default=uuid.uuid4)),
                ('redirect_uri', models.TextField()),
                ('scope', models.CharField(max_length=500)),
                ('challenge', models.CharField(max_length=128)),
                ('nonce', models.CharField(blank=True, default='', max_length=500)),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('used_at', models.DateTimeField(null=True)),
                ('program', models.CharField(blank=True, default='', max_length=60)),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='codes', to='sso.applicationsession')),
            ],
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scopes', models.JSONField(default=list)),
                ('given_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='accounts.account')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Delegation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uai', models.CharField(max_length=8)),
                ('starts', models.DateTimeField()),
                ('ends', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='delegations', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
                ('giver', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='delegations_given', to='accounts.account')),
                ('receiver', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='delegations_received', to='accounts.account')),
            ],
        ),
        migrations.CreateModel(
            name='Farewell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField()),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('next_at', models.DateTimeField(db_index=True, null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('last_error', models.CharField(default='', max_length=200)),
                ('visit', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='farewell', to='sso.applicationsession')),
            ],
        ),
        migrations.CreateModel(
            name='Favourite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='favourites', to='accounts.account')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='favourites', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='openings', to='accounts.account')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='openings', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ProgramToken',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('family', models.UUIDField(db_index=True)),
                ('scope', models.CharField(max_length=500)),
                ('made_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='program_tokens', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='program_tokens', to='accounts.apppassword')),
            ],
        ),
        migrations.CreateModel(
            name='QuickLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('page', models.CharField(default='', max_length=30)),
                ('place', models.PositiveSmallIntegerField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quick_links', to='accounts.account')),
                ('application', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='quick_links', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='RefreshToken',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('family', models.UUIDField(db_index=True)),
                ('scope', models.CharField(max_length=500)),
                ('made_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='refresh_tokens', to='sso.applicationsession')),
            ],
        ),
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
                ('visit', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='service_ticket', to='sso.applicationsession')),
            ],
        ),
        migrations.AddConstraint(
            model_name='applicationsession',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('session', 'application', 'protocol', 'ticket'), name='one_open_visit'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.UniqueConstraint(fields=('account', 'application'), name='one_consent_an_application'),
        ),
        migrations.AddIndex(
            model_name='delegation',
            index=models.Index(fields=['receiver', 'ends'], name='delegations_of_receiver'),
        ),
        migrations.AddIndex(
            model_name='delegation',
            index=models.Index(fields=['uai', 'ends'], name='delegations_of_place'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('ends__gt', models.F('starts'))), name='delegation_ends_after'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('giver', models.F('receiver')), _negated=True), name='delegation_to_somebody_else'),
        ),
        migrations.AddConstraint(
            model_name='favourite',
            constraint=models.UniqueConstraint(fields=('account', 'application'), name='favourite_once'),
        ),
        migrations.AddConstraint(
            model_name='opening',
            constraint=models.UniqueConstraint(fields=('account', 'application'), name='opening_last'),
        ),
        migrations.AddConstraint(
            model_name='quicklink',
            constraint=models.UniqueConstraint(fields=('account', 'application'), name='quick_application_once'),
        ),
        migrations.AddConstraint(
            model_name='quicklink',
            constraint=models.UniqueConstraint(condition=models.Q(('page', ''), _negated=True), fields=('account', 'page'), name='quick_page_once'),
        ),
        migrations.AddConstraint(
            model_name='quicklink',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('application__isnull', False), ('page', '')), models.Q(('application__isnull', True), models.Q(('page', ''), _negated=True)), _connector='OR'), name='quick_one_or_the_other'),
        ),
    ]

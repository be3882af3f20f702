"""Every migration up to 0.10 in one. Who has some of them and not all upgrades to 0.10 first."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('career', '0001_sessions'), ('career', '0002_history'), ('career', '0003_exchange'), ('career', '0004_cv'),
        ('career', '0005_guides'), ('career', '0006_requests'), ('career', '0007_desk_news'),
        ('career', '0008_wider_wishes'), ('career', '0009_asked_again'), ('career', '0010_standard_names'),
    ]

    dependencies = [
        ('accounts', '0012_shared_mailbox_notice'),
        ('people', '0005_line_of_the_feed'),
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
        migrations.CreateModel(
            name='Guide',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('shown', models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('adresse', 'Change of address'), ('coordonnees-bancaires', 'Change of bank details'), ('mutation', 'Transfer'), ('temps-partiel', 'Part-time work'), ('conge', 'Leave'), ('indemnite', 'Allowance')], max_length=21)),
                ('title', models.CharField(max_length=120)),
                ('opens_at', models.DateTimeField()),
                ('closes_at', models.DateTimeField()),
                ('department', models.CharField(blank=True, default='', max_length=3)),
                ('corps', models.CharField(blank=True, default='', max_length=60)),
                ('documents', models.JSONField(default=list)),
                ('most_wishes', models.PositiveSmallIntegerField(default=30)),
                ('signed', models.CharField(max_length=130)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.account')),
            ],
        ),
        migrations.CreateModel(
            name='CareerSession',
            fields=[
                ('token_hash', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('subject', models.CharField(db_index=True, max_length=255)),
                ('sid', models.CharField(blank=True, db_index=True, default='', max_length=255)),
                ('id_token', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='career_sessions', to='accounts.account')),
            ],
        ),
        migrations.CreateModel(
            name='CvLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(choices=[('training', 'Training'), ('qualification', 'Qualifications'), ('experience', 'Experience'), ('language', 'Languages')], max_length=13)),
                ('title', models.CharField(max_length=120)),
                ('place', models.CharField(blank=True, default='', max_length=120)),
                ('starts', models.PositiveSmallIntegerField(null=True)),
                ('ends', models.PositiveSmallIntegerField(null=True)),
                ('level', models.CharField(blank=True, choices=[('A1', 'A1'), ('A2', 'A2'), ('B1', 'B1'), ('B2', 'B2'), ('C1', 'C1'), ('C2', 'C2'), ('native', 'mother tongue')], default='', max_length=6)),
                ('text', models.CharField(blank=True, default='', max_length=600)),
                ('changed_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cv_lines', to='accounts.account')),
            ],
        ),
        migrations.CreateModel(
            name='GradeStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('corps', models.CharField(blank=True, default='', max_length=60)),
                ('grade', models.CharField(blank=True, default='', max_length=60)),
                ('step', models.PositiveSmallIntegerField(null=True)),
                ('since', models.DateField(null=True)),
                ('seen_on', models.DateField()),
                ('source', models.CharField(choices=[('feed', 'seen in the HR feed'), ('file', 'from the file of careers')], default='feed', max_length=4)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='career_steps', to='people.person')),
            ],
            options={
                'db_table': 'career_step',
            },
        ),
        migrations.CreateModel(
            name='GuideVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=120)),
                ('summary', models.CharField(blank=True, default='', max_length=200)),
                ('text', models.TextField()),
                ('at', models.DateTimeField()),
                ('signed', models.CharField(max_length=130)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.account')),
                ('guide', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='career.guide')),
            ],
        ),
        migrations.CreateModel(
            name='LogoutToken',
            fields=[
                ('jti', models.CharField(max_length=255, primary_key=True, serialize=False)),
                ('subject', models.CharField(blank=True, default='', max_length=255)),
                ('sid', models.CharField(blank=True, default='', max_length=255)),
                ('at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'indexes': [models.Index(fields=['sid'], name='logout_tokens_by_sid')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('signed', models.CharField(max_length=130)),
                ('from_office', models.BooleanField()),
                ('text', models.TextField()),
                ('at', models.DateTimeField()),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.account')),
            ],
        ),
        migrations.CreateModel(
            name='Enclosure',
            fields=[
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('kind', models.CharField(max_length=40)),
                ('size', models.PositiveIntegerField()),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enclosures', to='career.message')),
            ],
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(max_length=200)),
                ('city', models.CharField(blank=True, default='', max_length=100)),
                ('function', models.CharField(blank=True, default='', max_length=10)),
                ('discipline', models.CharField(blank=True, default='', max_length=80)),
                ('share', models.PositiveSmallIntegerField(null=True)),
                ('starts', models.DateField(null=True)),
                ('ends', models.DateField(null=True)),
                ('gone_on', models.DateField(null=True)),
                ('source', models.CharField(choices=[('feed', 'seen in the HR feed'), ('file', 'from the file of careers')], default='feed', max_length=4)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='career_posts', to='people.person')),
                ('school', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.school')),
            ],
        ),
        migrations.CreateModel(
            name='ServiceRequest',
            fields=[
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('adresse', 'Change of address'), ('coordonnees-bancaires', 'Change of bank details'), ('mutation', 'Transfer'), ('temps-partiel', 'Part-time work'), ('conge', 'Leave'), ('indemnite', 'Allowance')], max_length=21)),
                ('state', models.CharField(choices=[('draft', 'draft'), ('sent', 'sent'), ('received', 'being examined'), ('asked', 'documents asked for'), ('accepted', 'accepted'), ('refused', 'refused'), ('withdrawn', 'withdrawn')], default='draft', max_length=9)),
                ('facts', models.JSONField(default=dict)),
                ('iban_sealed', models.CharField(blank=True, default='', max_length=300)),
                ('changed_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('reason', models.TextField(blank=True, default='')),
                ('version', models.PositiveIntegerField(default=0)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='service_requests', to='accounts.account')),
                ('campaign', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='career.campaign')),
                ('follows', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='followed_by', to='career.servicerequest')),
            ],
        ),
        migrations.CreateModel(
            name='RequestEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('sent', 'sent'), ('received', 'being examined'), ('asked', 'documents asked for'), ('accepted', 'accepted'), ('refused', 'refused'), ('withdrawn', 'withdrawn')], max_length=9)),
                ('at', models.DateTimeField()),
                ('signed', models.CharField(max_length=130)),
                ('from_office', models.BooleanField()),
                ('text', models.TextField(blank=True, default='')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.account')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='career.servicerequest')),
            ],
        ),
        migrations.CreateModel(
            name='RequestDocument',
            fields=[
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('slot', models.CharField(max_length=20)),
                ('name', models.CharField(max_length=120)),
                ('kind', models.CharField(max_length=40)),
                ('size', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='career.servicerequest')),
            ],
        ),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('question', 'question'), ('error', 'error reported in the file')], default='question', max_length=8)),
                ('subject', models.CharField(max_length=120)),
                ('quoted', models.CharField(blank=True, default='', max_length=300)),
                ('opened_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('waits_for_office', models.BooleanField(default=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('person_saw', models.BigIntegerField(default=0)),
                ('office_saw', models.BigIntegerField(default=0)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='career_threads', to='accounts.account')),
            ],
            options={
                'db_table': 'career_thread',
            },
        ),
        migrations.AddField(
            model_name='message',
            name='thread',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='career.topic'),
        ),
        migrations.CreateModel(
            name='Wish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField()),
                ('department', models.CharField(blank=True, default='', max_length=3)),
                ('city', models.CharField(blank=True, default='', max_length=100)),
                ('sort', models.CharField(blank=True, default='', max_length=20)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wishes', to='career.servicerequest')),
                ('school', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.school')),
            ],
        ),
        migrations.AddIndex(
            model_name='campaign',
            index=models.Index(fields=['kind', 'closes_at'], name='campaigns_by_kind'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opens_at'))), name='campaign_closes_after'),
        ),
        migrations.AddIndex(
            model_name='cvline',
            index=models.Index(fields=['account', 'part'], name='cv_of_account'),
        ),
        migrations.AddIndex(
            model_name='gradestep',
            index=models.Index(fields=['person', 'seen_on'], name='steps_of_person'),
        ),
        migrations.AddConstraint(
            model_name='gradestep',
            constraint=models.UniqueConstraint(fields=('person', 'corps', 'grade', 'step'), name='step_reached_once'),
        ),
        migrations.AddConstraint(
            model_name='guideversion',
            constraint=models.UniqueConstraint(fields=('guide', 'number'), name='guide_version_once'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(fields=['person', 'gone_on'], name='posts_of_person'),
        ),
        migrations.AddIndex(
            model_name='servicerequest',
            index=models.Index(fields=['account', 'changed_at'], name='requests_of_account'),
        ),
        migrations.AddIndex(
            model_name='servicerequest',
            index=models.Index(fields=['state', 'sent_at'], name='requests_of_the_queue'),
        ),
        migrations.AddConstraint(
            model_name='servicerequest',
            constraint=models.UniqueConstraint(condition=models.Q(('campaign', None), ('state', 'draft')), fields=('account', 'kind'), name='one_draft_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='servicerequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['withdrawn', 'refused']), _negated=True), fields=('account', 'campaign'), name='one_living_request_a_campaign'),
        ),
        migrations.AddIndex(
            model_name='topic',
            index=models.Index(fields=['account', 'last_at'], name='threads_of_account'),
        ),
        migrations.AddIndex(
            model_name='topic',
            index=models.Index(fields=['done_at', 'last_at'], name='threads_of_the_queue'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['thread', 'id'], name='messages_of_thread'),
        ),
        migrations.AddConstraint(
            model_name='wish',
            constraint=models.UniqueConstraint(fields=('request', 'school'), name='place_wished_once'),
        ),
        migrations.AddConstraint(
            model_name='wish',
            constraint=models.UniqueConstraint(condition=models.Q(('school', None)), fields=('request', 'department', 'city', 'sort'), name='wide_wish_once'),
        ),
        migrations.AddConstraint(
            model_name='wish',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('department__gt', ''), ('school', None)), models.Q(('city', ''), ('department', ''), ('school__isnull', False), ('sort', '')), _connector='OR'), name='wish_is_a_school_or_wide'),
        ),
    ]

"""Every migration up to 0.10 in one. Who has some of them and not all upgrades to 0.10 first."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('moving', '0001_initial'), ('moving', '0002_remote'), ('moving', '0003_bookmark'),
        ('moving', '0004_looked_at'),
    ]

    dependencies = [
        ('accounts', '0012_shared_mailbox_notice'),
    ]

    operations = [
        migrations.CreateModel(
            name='Intake',
            fields=[
                ('key', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('asked_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('tried', 'Tried'), ('running', 'Running'), ('paused', 'Paused'), ('done', 'Done'), ('stopped', 'Stopped'), ('failed', 'Failed'), ('undoing', 'Undoing'), ('undone', 'Undone')], db_index=True, default='running', max_length=7)),
                ('failure', models.CharField(default='', max_length=10)),
                ('names', models.TextField()),
                ('target', models.CharField(max_length=32)),
                ('target_label', models.CharField(max_length=400)),
                ('target_made', models.BooleanField(default=False)),
                ('ignored', models.PositiveIntegerField(default=0)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('served_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('looked_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='intakes', to='accounts.account')),
            ],
        ),
        migrations.CreateModel(
            name='Part',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('mbox', 'Mbox'), ('letter', 'Letter'), ('packed', 'Packed Mbox'), ('letters', 'Packed Letters'), ('copied', 'Copied')], max_length=7)),
                ('file', models.CharField(max_length=40)),
                ('member', models.TextField(default='')),
                ('folder', models.TextField(default='')),
                ('label', models.CharField(max_length=255)),
                ('target', models.CharField(default='', max_length=32)),
                ('validity', models.PositiveBigIntegerField(default=0)),
                ('made', models.BooleanField(default=False)),
                ('size', models.PositiveBigIntegerField()),
                ('after', models.PositiveBigIntegerField(default=0)),
                ('over', models.BooleanField(default=False)),
                ('since', models.PositiveBigIntegerField(default=0)),
                ('brought', models.TextField(default='')),
                ('brought_count', models.PositiveIntegerField(default=0)),
                ('known', models.PositiveIntegerField(default=0)),
                ('deleted', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('intake', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='moving.intake')),
            ],
        ),
        migrations.CreateModel(
            name='Refusal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveIntegerField()),
                ('subject', models.CharField(default='', max_length=120)),
                ('reason', models.CharField(max_length=10)),
                ('part', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='refusals', to='moving.part')),
            ],
        ),
        migrations.CreateModel(
            name='Remote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('host', models.CharField(max_length=253)),
                ('port', models.PositiveIntegerField()),
                ('user', models.CharField(max_length=200)),
                ('sealed', models.TextField()),
                ('folders', models.JSONField()),
                ('total', models.PositiveIntegerField()),
                ('copied', models.PositiveIntegerField(default=0)),
                ('tried_at', models.DateTimeField()),
                ('intake', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='remote', to='moving.intake')),
            ],
        ),
        migrations.CreateModel(
            name='Bookmark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=64)),
                ('folder', models.CharField(max_length=64)),
                ('validity', models.PositiveBigIntegerField()),
                ('highest', models.PositiveBigIntegerField()),
                ('read_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bookmarks', to='accounts.account')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'source', 'folder'), name='one_bookmark_a_folder')],
            },
        ),
        migrations.AddConstraint(
            model_name='intake',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['running', 'paused', 'undoing'])), fields=('account',), name='one_intake_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.UniqueConstraint(fields=('intake', 'number'), name='one_part_a_number'),
        ),
    ]

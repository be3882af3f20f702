from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('webmail', '0028_reads_plain'),
    ]

    operations = [
        migrations.AddField(
            model_name='bulkact',
            name='batch',
            field=models.CharField(default='', max_length=32),
        ),
        migrations.AddField(
            model_name='bulkact',
            name='flag',
            field=models.CharField(default='', max_length=100),
        ),
        migrations.AddField(
            model_name='bulkact',
            name='until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='bulkact',
            name='verb',
            field=models.CharField(choices=[('move', 'Move'), ('read', 'Read'), ('unread', 'Unread'), ('star', 'Star'), ('unstar', 'Unstar'), ('delete', 'Delete'), ('label', 'Label'), ('bare', 'Unlabel'), ('later', 'Later')], max_length=6),
        ),
    ]

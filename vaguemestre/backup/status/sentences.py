"""Each cause of a failure in words, with what to do."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _, gettext_lazy

from vaguemestre.backup.errors import BackupError
from vaguemestre.backup.status.outcomes import Task

NOT_RESTARTED = "not-restarted"
RESTART = "systemctl restart vaguemestre.target"
CAUSES = {
    NOT_RESTARTED: gettext_lazy(
        "[backup] in instance.toml was changed, and the service that runs does not know it yet: restart it."
    ),
    "not-configured": gettext_lazy(
        "No backup is set up: a lost disk would lose everything. Write [backup] in instance.toml."
    ),
    "same-place": gettext_lazy(
        "Mail and secrets would go to one place or share one password: whoever has it would read everything. Choose "
        "another place, another password."
    ),
    "inside-data": gettext_lazy(
        "The backup or its password would lie in the data folder, and be lost with it. Choose a place outside."
    ),
    "password-file": gettext_lazy(
        "The file of the password is missing, empty, or not root's alone. Put it right: chown root, chmod 0600."
    ),
    "wrong-password": gettext_lazy(
        "The repository does not accept this password: it was changed. Put the right one in the file of the password."
    ),
    "target-full": gettext_lazy("The place of the backups is full. Make room there, or keep fewer backups."),
    "locked": gettext_lazy(
        "Somebody else is at work in the repository. If nobody is: restic unlock, on the machine that left the lock."
    ),
    "already-running": gettext_lazy("A backup is under way already: this one ends here."),
    "not-a-repository": gettext_lazy(
        "There is no backup at this place. Is its disk mounted? Is it the right place? Nothing was made there."
    ),
    "foreign-repository": gettext_lazy(
        "This place holds the backups of another installation. Choose another place: nothing was written."
    ),
    "unreachable": gettext_lazy(
        "The place of the backups does not answer, or lets nobody in. See to the network, the key, the account there."
    ),
    "no-backup": gettext_lazy("No complete backup is there, or not this one: vaguemestre backup list shows them."),
    "damaged": gettext_lazy(
        "The backup is damaged. Keep it as it is, make a new repository elsewhere and back up at once; then see to the "
        "disk of the old one."
    ),
    "damaged-here": gettext_lazy(
        "Damaged on this machine, not in the backup. See to its disk (dmesg), then bring it back from a backup of "
        "before."
    ),
    "mail-missing": gettext_lazy(
        "Mail is missing: is its disk mounted? If so much was really deleted, say so once: vaguemestre backup run "
        "--less-mail"
    ),
    "not-empty": gettext_lazy(
        "There is an installation in the data folder. --force puts it aside, in the same folder, and goes on."
    ),
    "newer-store": gettext_lazy(
        "The installation in the data folder is newer than this backup: mail would be missing. --force puts it aside, "
        "in the same folder, and goes on."
    ),
    "unfinished-restore": gettext_lazy(
        "A restore was cut short: what is there is not whole. Finish it: vaguemestre backup restore again, with the "
        "same words."
    ),
    "other-disk": gettext_lazy(
        "Another disk begins here (a link or a mount point), and it is not empty. Move what is in it elsewhere on that "
        "disk by hand, then again: nothing was changed."
    ),
    "late": gettext_lazy("Nothing was finished for too long. See why: systemctl status %(unit)s"),
    "never": gettext_lazy("None was ever finished. Start it: %(command)s"),
    "failed": gettext_lazy("It failed. Its own words are in the journal: journalctl -u %(unit)s"),
}
COMMANDS = {
    Task.BACKUP: "vaguemestre backup run",
    Task.CHECK: "vaguemestre backup check",
    Task.REHEARSAL: "vaguemestre backup rehearse",
    Task.REVOCATIONS: "systemctl restart vaguemestre-revocations",
}


def cause_sentence(code: str, detail: str = "", task: Task = Task.BACKUP) -> str:
    sentence = str(CAUSES.get(code, CAUSES["failed"]))
    sentence = sentence % {"unit": f"vaguemestre-{task}", "command": COMMANDS[task]}
    return f"{sentence} ({detail})" if detail else sentence


def error_sentence(error: BackupError) -> str:
    return cause_sentence(error.code, error.detail)


def age_text(since: datetime, now: datetime) -> str:
    age = now - since
    if age < timedelta(hours=2):
        return _("%(minutes)d min ago") % {"minutes": age // timedelta(minutes=1)}
    if age < timedelta(days=2):
        return _("%(hours)d h ago") % {"hours": age // timedelta(hours=1)}
    return _("%(days)d days ago") % {"days": age.days}

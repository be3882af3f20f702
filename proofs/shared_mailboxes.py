"""What holds in shared mailboxes, guard by guard: `python -P -m proofs.shared_mailboxes [WORD]`. In a copy of the house
each guard is taken away, and the test that is there for it must fail; with it the same test passes in `bin/ci`.

Needs what `bin/test` needs. `WORD`: only the guards whose name has it. A line a guard; 1 when no test misses one.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HOUSE = Path(__file__).parent.parent
LINKED = (".venv", "build", "client/node_modules")
SECONDS = 900
DOVECOT, POSTFIX = "vaguemestre/engine/dovecot", "vaguemestre/engine/postfix"
MILTER = "vaguemestre/engine/sender_milter.py"
DAEMONS = "vaguemestre/shared_mailboxes/tests/test_daemons.py"
PAGES = "vaguemestre/webmail/boxes/tests/test_shared_mailbox.py"
ADDED = f"{PAGES}::test_an_owner_adds_somebody_of_the_place_until_a_day_and_takes_them_away"
SENDER = "vaguemestre/webmail/boxes/tests/test_sender.py"
READS_ONLY = f"{DAEMONS}::test_a_reader_reads_and_writes_nowhere"
SERVICES = "vaguemestre/shared_mailboxes/tests/test_services.py"
CLOSED = f"{SERVICES}::test_closed_it_is_shut_by_every_door_and_opens_again_as_it_was"
ACCESS = "vaguemestre/webmail/mailbox_access.py"


@dataclass(frozen=True)
class Guard:
    """`places`: file, what stands there, what stands there without the guard. Several, where one alone would do."""

    name: str
    test: str
    places: tuple[tuple[str, str, str], ...]


def guard(name: str, test: str, *places: tuple[str, str, str]) -> Guard:
    return Guard(name, test, places)


GUARDS = (
    guard("a member who is refused anything", f"{DAEMONS}::test_whoever_is_refused_anything_opens_no_box_by_any_door",
          ("vaguemestre/engine/projection/file.py", "WHERE s.refusal IS NULL AND m.begins_at", "WHERE m.begins_at")),
    guard("the last day", f"{DAEMONS}::test_a_date_that_has_passed_shuts_it_without_any_job",
          ("vaguemestre/engine/projection/file.py", " AND (m.ends_at IS NULL OR m.ends_at > unixepoch())", "")),
    guard("a stranger's token", f"{DAEMONS}::test_nobody_else_opens_it_and_nobody_by_a_password",
          (f"{DOVECOT}/auth.conf", "'%{passdb:token_subject | default('')}' IN (l.key, m.member) ELSE", "1 ELSE")),
    guard("rights of a reader", READS_ONLY, (f"{DOVECOT}/storage.conf", "rights = lrs\n", "rights = lrwstipekx\n")),
    guard("rights are asked about at all", READS_ONLY,
          (f"{DOVECOT}/auth.conf", "iif(u.member IS NULL, NULL, 'no') AS", "NULL AS")),
    guard("rights are the member's", READS_ONLY,
          (f"{DOVECOT}/auth.conf", "coalesce(m.rights, u.nobody) AS acl_groups", "'owner' AS acl_groups")),
    guard("marks of what was read are one's own",
          f"{DAEMONS}::test_a_parent_writes_and_each_member_has_marks_of_their_own",
          (f"{DOVECOT}/auth.conf", 'u.marks || s.key AS "namespace/inbox/mail_index_private_path"',
           'NULL AS "namespace/inbox/mail_index_private_path"')),
    guard("a reader does not send: the envelope", f"{DAEMONS}::test_a_reader_and_a_stranger_do_not",
          (f"{POSTFIX}/sql/senders.cf", " AND m.rights <> 'reader'", "")),
    guard("a reader does not send: the From line", f"{DAEMONS}::test_a_reader_and_a_stranger_do_not",
          (MILTER, " AND m.rights <> 'reader'", "")),
    guard("a stranger does not send: the name before the address", f"{DAEMONS}::test_a_reader_and_a_stranger_do_not",
          (MILTER, "if not all(self._owner(connection, key, address) for address in self.named(sender.readings)):",
           "if False:")),
    guard("a stranger does not send: a resending", f"{DAEMONS}::test_a_reader_and_a_stranger_do_not",
          (MILTER, '("From", "Sender", "Resent-From", "Resent-Sender")', '("From", "Sender")')),
    guard("nobody signs in to SMTP as a box: its own token", f"{DAEMONS}::test_nobody_signs_in_to_smtp_as_the_box",
          (f"{DOVECOT}/auth.conf", "(s.shared AND '%{protocol}' IN ('smtp', 'submission'))", "FALSE")),
    guard("a box that is closed", CLOSED,
          ("vaguemestre/shared_mailboxes/service_mailboxes.py",
           '        shared_accounts.withdraw_shared_accounts([box.account], now=now, by=by, act="box.closed")\n', "")),
    guard("a closed box is never purged by itself",
          f"{SERVICES}::test_a_closed_one_is_never_purged_by_itself",
          ("vaguemestre/accounts/lifecycle/purge.py", "Account.objects.filter(state=State.STOPPED",
           "Account.every.filter(state=State.STOPPED"),
          ("vaguemestre/accounts/lifecycle/purge.py", "Account.objects.select_for_update()",
           "Account.every.select_for_update()")),
    guard("who was taken out is not brought back by a restore",
          "vaguemestre/backup/tests/test_replay.py::test_who_was_taken_out_of_a_shared_mailbox_since_is_taken_out_again",
          ("vaguemestre/backup/whole/replay.py", '        if act == "box.member-removed":', "        if False:")),
    guard("unread numbers follow each one's own marks",
          "vaguemestre/webmail/boxes/tests/test_cost.py::test_and_of_marks_that_a_mail_program_would_make",
          ("vaguemestre/mailbox/imap/folder_list.py", '.replace(b" UNSEEN", b""), b"STATUS INBOX (UNSEEN)"',
           '.replace(b" UNSEEN", b""), b"NOOP"'),
          ("vaguemestre/mailbox/imap/folder_list.py", "entry.folder.id and entry.stamp not in stood", "not stood")),
    guard("a reader's pages", f"{PAGES}::test_a_reader_reads_and_is_refused_every_act",
          (ACCESS, 'return name in SEEN or (name in READING and method in {"GET", "HEAD"})', "return True")),
    guard("a member's pages", f"{PAGES}::test_a_member_decides_nothing_for_the_others",
          (ACCESS, "return name not in OWNERS", "return True")),
    guard("a member who is refused, on pages", f"{PAGES}::test_who_is_no_longer_a_member_has_no_such_mailbox",
          (ACCESS, "if request.account.mail_refusal(now):", "if False:")),
    guard("the day, on pages", f"{PAGES}::test_who_is_no_longer_a_member_has_no_such_mailbox",
          ("vaguemestre/shared_mailboxes/access.py", " if str(starts) <= day <= str(ends or day)]", "]")),
    guard("taken away, the daemons know", ADDED,
          ("vaguemestre/shared_mailboxes/periods.py", "        announce_boxes({one.box_id for one in changed})\n", "")),
    guard("only the staff of the place", f"{PAGES}::test_what_an_owner_may_not_give",
          ("vaguemestre/shared_mailboxes/members.py", "    posted = current.filter(school__in=places)\n",
           "    posted = current.exclude(school__in=[])\n")),
    guard("a reader writes no letter in its name", f"{SENDER}::test_who_may_not_write_there_takes_no_letter_there",
          (ACCESS, "if one.may_write and one.mailbox.key", "if one.mailbox.key")),
    guard("a correspondent of the box is asked about",
          f"{SENDER}::test_a_correspondent_of_the_school_is_not_answered_in_one_s_own_name_unasked",
          ("vaguemestre/webmail/screens/outbox/views/send.py",
           "if send_checks.WarningCode.OTHER_MAILBOX not in passed and", "if False and")),
    guard("nothing that counts people counts boxes",
          "vaguemestre/shared_mailboxes/tests/test_places.py::test_what_counts_people_meets_no_box",
          ("vaguemestre/accounts/models/account.py", "super().get_queryset().filter(kind=Account.Kind.PERSON)",
           "super().get_queryset()")),
    guard("a thief's letters in its name",
          "vaguemestre/shared_mailboxes/tests/test_rest_of_the_product.py::test_a_stolen_account_s_letters_in_its_name_are_held",
          ("vaguemestre/webmail/outbox/delivery.py", "theirs = Q(account=account) | Q(author=account)",
           "theirs = Q(account=account)")),
    guard("nobody hears of a box that is not theirs",
          "vaguemestre/engine/tests/test_events.py::test_a_member_hears_of_the_shared_mailbox_and_its_page_hears_of_its_mail",
          ("vaguemestre/events.py", "keys = ticket.key, *ticket.boxes", "keys = ticket.key, *ticket.boxes, box")),
)  # fmt: skip


def main(word: str) -> int:
    missed = 0
    with tempfile.TemporaryDirectory(prefix="guards-") as made:
        Path(made).chmod(0o755)  # the daemons read there
        for one in GUARDS:
            if word in one.name:
                said = "red, as it must be" if _is_missed(one, Path(made)) else "NOT MISSED"
                missed += said == "NOT MISSED"
                print(f"{one.name}: {said}", flush=True)
    return int(bool(missed))


def _is_missed(one: Guard, made: Path) -> bool:
    copy = _copy(made / re.sub(r"\W+", "-", one.name))
    for file, there, without in one.places:
        path = copy / file
        text = path.read_text(encoding="utf-8")
        assert there in text, f"{one.name}: {file} has it no longer"
        path.write_text(text.replace(there, without), encoding="utf-8")
    command = ["bin/test", one.test, "-x", "-q", "-m", "not browser"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=SECONDS, check=False)
    shutil.rmtree(copy, ignore_errors=True)
    if kept := re.search(r"kept: (\S+)", done.stdout):
        shutil.rmtree(kept[1], ignore_errors=True)
    red = "\nFAILED " in done.stdout
    assert red or not done.returncode, f"{one.name}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return red


def _copy(copy: Path) -> Path:
    """What git knows, as it stands."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HOUSE, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (HOUSE / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(HOUSE / name, copy / name)
    for name in LINKED:
        (copy / name).symlink_to((HOUSE / name).resolve())
    return copy


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))

"""A clock that is set back, while the service runs: no answer is that a mailbox is closed or a password
wrong (`docs/decisions/mail-engine.md`).

`set_back` is called by `proofs.systemd`; `python -P -m proofs.clock DATA` runs inside, as the product's user. The clock
is a library that each program of the bare Debian loads; this machine's is never touched. The service is started an hour
ahead and comes back to now, so that its certificates are valid before and afterwards.
"""

import base64
import http.client
import imaplib
import smtplib
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from proofs import mail_path
from proofs.debian import Machine

SHIFT = Path("/etc/proof-clock")  # seconds, as eight bytes that every program has mapped
LIBRARY = Path("/usr/lib/proof-clock.so")
PRELOADED = Path("/etc/ld.so.preload")
HOUR = 3600
ROUNDS, PATIENCE = 20, 120  # good ones in a row; seconds
# Accepted answers: all is well, or come back later.
WEB = {"200", "503"}
SUBMISSION = {"235", "454", "421", "no answer"}
IMAP = {"OK", "UNAVAILABLE", "no answer"}
WELL = ("200", "235", "OK")
SOURCE = f"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile long *shift;

__attribute__((constructor)) static void begin(void) {{
    int file = open("{SHIFT}", O_RDONLY | O_CLOEXEC);
    void *place = file < 0 ? MAP_FAILED : mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
    if (place != MAP_FAILED) shift = place;
    if (file >= 0) close(file);
}}

int clock_gettime(clockid_t clock, struct timespec *now) {{
    int wrong = syscall(SYS_clock_gettime, clock, now);
    if (!wrong && shift && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += *shift;
    return wrong;
}}

int gettimeofday(struct timeval *now, void *zone) {{
    struct timespec exact;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &exact)) return -1;
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}}

time_t time(time_t *place) {{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (place) *place = now.tv_sec;
    return now.tv_sec;
}}
"""


def set_back(machine: Machine, restart: Callable[[], object], ask: Callable[[], str]) -> None:
    """`ask` runs this module inside. The service runs on the machine's own clock again afterwards."""

    def inside(path: Path) -> Path:
        return machine.root / str(path).removeprefix("/")

    compiler = ("cc", "-shared", "-fPIC", "-O2", "-x", "c", "-o", str(inside(LIBRARY)), "-")
    subprocess.run(compiler, input=SOURCE.encode(), check=True)
    inside(SHIFT).write_bytes(HOUR.to_bytes(8, sys.byteorder))
    inside(SHIFT).chmod(0o666)
    inside(PRELOADED).write_text(f"{LIBRARY}\n")
    try:
        restart()
        for line in ask().splitlines():
            print(f"    {line}", flush=True)
    finally:
        inside(PRELOADED).unlink()
    restart()


def main(data: Path) -> int:
    mail_path.set_up(data)
    assert time.time() - SHIFT.stat().st_mtime > HOUR / 2, "this process does not have that clock"
    browser = mail_path.open_browser(data)
    assert browser.sign_in(mail_path.READER, mail_path.PASSWORD) == 302, "not signed in"

    def look() -> tuple[str, str, str]:
        try:
            page = str(browser.ask("GET", "/webmail/")[0])
        except (OSError, http.client.HTTPException) as error:
            browser.connection.close()
            page = f"{error!r}"
        return page, _submission(data), _imap(data)

    first = look()
    assert first == WELL, first
    with SHIFT.open("r+b") as file:
        file.write(bytes(8))
    begun, seen, good, well_after = time.monotonic(), list[tuple[str, str, str]](), 0, 0.0
    while good < ROUNDS:
        assert time.monotonic() < begun + PATIENCE, f"not well again: {seen[-3:]}"
        seen.append(look())
        if seen[-1] != WELL:
            good, well_after = 0, time.monotonic() - begun
        else:
            good += 1
        time.sleep(1)
    for door, (name, accepted) in enumerate((("webmail", WEB), ("submission", SUBMISSION), ("IMAP", IMAP))):
        answers = [one[door] for one in seen]
        print(name, {answer: answers.count(answer) for answer in sorted(set(answers))})
        assert set(answers) <= accepted, f"{name}: {answers}"
    print(f"well after {well_after:.0f} s")
    return 0


def _submission(data: Path) -> str:
    said = base64.b64encode(f"\0{mail_path.READER}\0{mail_path.PASSWORD}".encode()).decode()
    host, ports, context = mail_path.place(data)
    try:
        with smtplib.SMTP_SSL(host, ports.smtps, context=context, timeout=mail_path.PATIENCE) as server:
            server.ehlo()
            return str(server.docmd("AUTH", f"PLAIN {said}")[0])
    except smtplib.SMTPResponseException as error:
        return str(error.smtp_code)
    except ssl.SSLError as error:
        return repr(error)
    except (OSError, smtplib.SMTPException):
        return "no answer"


def _imap(data: Path) -> str:
    host, ports, context = mail_path.place(data)
    try:
        with imaplib.IMAP4_SSL(host, ports.imaps, ssl_context=context, timeout=mail_path.PATIENCE) as server:
            return str(server.login(mail_path.READER, mail_path.PASSWORD)[0])
    except ssl.SSLError as error:
        return repr(error)
    except (OSError, imaplib.IMAP4.abort):
        return "no answer"
    except imaplib.IMAP4.error as error:
        return "UNAVAILABLE" if "[UNAVAILABLE]" in str(error) else str(error)


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1])))
    except AssertionError as error:
        sys.exit(str(error))

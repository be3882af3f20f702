"""Shared by tests: mbox."""

MESSAGES = [
    b"Subject: =?utf-8?q?=C3=A9t=C3=A9?=\n\nBonjour.\n",
    b"Subject: From\n\nFrom here on\n>From there\n>>From elsewhere\nFromage\nFrom \nFro\n",
    b"Subject: raw\n\n\xe9t\xe9 \x00 \x01n \xff\r\nligne\r\n",
    b"Subject: unfinished\n\nno line end",
    b"Subject: cut\n\nFrom",
    b"Subject: nothing\n\n",
    b"From somebody who begins so\nSubject: x\n\ny\n",
]


def unquoted(raw: bytes) -> bytes:
    lines = raw.split(b"\n")
    return b"\n".join(
        line[1:] if line.lstrip(b">").startswith(b"From ") and line.startswith(b">") else line for line in lines
    )

"""The programs that people have, and how each is set up, in the words of its menus. `%(address)s` is the person's."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Program:
    name: str  # in the address
    title: Promise
    where: Promise
    password_name: str  # proposed for its application password
    steps: tuple[Promise, ...]
    good_to_know: tuple[Promise, ...] = ()


THUNDERBIRD = Program(
    "thunderbird", _("Thunderbird"), _("On a computer: Windows, Mac, Linux."), "Thunderbird",
    (
        _(
            "Open Thunderbird. At its first start it asks for your account; later: the menu at the top right, "
            "“New account”, “Email”."
        ),
        _(
            "Type your name, then %(address)s. Thunderbird finds the servers by itself: there is nothing else "
            "to fill in."
        ),
        _("Give the password that you make on this page, let Thunderbird remember it, and finish."),
    ),
    (
        _(
            "Your folders, labels and what you send are the same here and in Thunderbird: it recognises "
            "Drafts, Sent, Archives, Junk and Trash."
        ),
    ),
)  # fmt: skip

OUTLOOK = Program(
    "outlook", _("Outlook"), _("The classic Outlook, on Windows."), "Outlook",
    (
        _("In Outlook: File, “Add account”."),
        _(
            "Type %(address)s and press “Connect”. Outlook finds the servers by itself; if it asks for a type "
            "of account, choose IMAP."
        ),
        _("Give the password that you make on this page, and finish."),
    ),
    (
        _(
            "The “new Outlook” and Outlook on telephones hand your password and your messages to Microsoft’s "
            "servers: prefer the classic Outlook, Thunderbird or the mail of your telephone."
        ),
    ),
)  # fmt: skip

APPLE = Program(
    "apple", _("iPhone, iPad, Mac"), _("The Mail of Apple’s devices, with a profile to download."),
    "iPhone",
    (
        _("Open this page on the iPhone, the iPad or the Mac itself, and download the profile."),
        _(
            "iPhone and iPad: Settings, “Profile Downloaded”, Install. Mac: System Settings, General, Device "
            "Management."
        ),
        _("When it is asked for, give the password that you make on this page: the profile does not hold it."),
    ),
    (
        _(
            "The profile is signed by this service. It sets up your mail and nothing else; removed, it takes "
            "the account off the device."
        ),
    ),
)  # fmt: skip

ANDROID = Program(
    "android", _("Android telephone"), _("With Thunderbird for Android."), "Android",
    (
        _("Install Thunderbird from the store of your telephone, and open it."),
        _(
            "Choose to import an account with a QR code, and point the telephone at the picture on this page. "
            "Without a computer at hand: add an account, and type %(address)s."
        ),
        _("Give the password that you make on this page."),
    ),
    (
        _("The picture holds your address and the names of the servers; no password."),
    ),
)  # fmt: skip

OTHER = Program(
    "autre", _("Another program"), _("The values to type by hand."), "",
    (
        _("Add an account of the kind IMAP."),
        _("Fill in the values of this page: server, port and security for reading, then for sending."),
        _("Give the password that you make on this page, the same for reading and for sending."),
    ),
)  # fmt: skip

PROGRAMS = {program.name: program for program in (THUNDERBIRD, OUTLOOK, APPLE, ANDROID, OTHER)}

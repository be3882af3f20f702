"""« Je n’arrive pas à me connecter »: questions that lead to an advice. It never looks at an account, so it can tell
nothing about one; whoever holds the phone can walk it with the caller."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vaguemestre.academy.calendar import add_working_days

LETTER_FROM, LETTER_UNTIL = 5, 10  # working days after the first day of duty
CALL_AFTER = timedelta(days=14)


@dataclass(frozen=True)
class Answer:
    words: Promise
    leads_to: str  # key of a page


@dataclass(frozen=True)
class Question:
    title: Promise
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Act:
    """The one thing to press. `url` is the name of an address."""

    words: Promise
    url: str


@dataclass(frozen=True)
class Advice:
    """`call`: the end of the page is a phone number, whatever else may help."""

    title: Promise
    points: tuple[Promise, ...]
    act: Act | None = None
    call: bool = False


_SIGN_IN = Act(_("Sign in"), "accounts:signin")
_LOST = Act(_("Find the access again by a link"), "accounts:lost-password")

START = "debut"
PAGES: Mapping[str, Question | Advice] = {
    START: Question(
        _("What does the page tell you?"),
        (
            Answer(_("Wrong identifier or password"), "refus"),
            Answer(_("Too many tries"), "essais"),
            Answer(_("It asks for a code or a key that I no longer have"), "facteur"),
            Answer(_("Nothing yet: I have just taken up my duties and have no letter"), "lettre"),
            Answer(_("I no longer know my identifier"), "identifiant"),
            Answer(_("The site works, but Thunderbird, Outlook or my telephone is refused"), "logiciel"),
            Answer(_("The page does not open, or speaks of maintenance"), "maintenance"),
            Answer(_("Somebody uses my account"), "vol"),
        ),
    ),
    "refus": Question(
        _("What do you sign in with?"),
        (
            Answer(_("The provisional password of the letter"), "provisoire"),
            Answer(_("The password that I chose"), "choisi"),
            Answer(_("A temporary password that the help desk gave me"), "temporaire"),
            Answer(_("An OTP key"), "cle"),
        ),
    ),
    "provisoire": Question(
        _("How old is the letter?"),
        (
            Answer(_("Less than %(days)d days, and its password has not been used"), "copie"),
            Answer(_("More than %(days)d days"), "perime"),
            Answer(_("I have used its password already"), "choisi"),
        ),
    ),
    "cle": Question(
        _("What happens with the key?"),
        (
            Answer(_("The code is refused"), "decalage"),
            Answer(_("The page asks for a second code"), "code-suivant"),
            Answer(_("I have forgotten my PIN, or it is blocked"), "pin"),
            Answer(_("The key is lost, stolen or broken"), "cle-perdue"),
        ),
    ),
    "copie": Advice(
        _("Copy the password again from the letter"),
        (
            _("It has three groups of four signs. Hyphens may be left out; capitals and small letters are the same."),
            _("It holds neither zero nor O, neither one nor l nor i: what looks like one is something else."),
            _("The identifier is on the letter too. Your whole address works as well."),
            _("Use “Show” to see what you type."),
        ),
        _SIGN_IN,
    ),
    "perime": Advice(
        _("The password of your letter is no longer valid"),
        (
            _("It works for %(days)d days, once. Your account is still there, with its messages."),
            _("Your DSDEN checks who you are, then sends another letter, or gives you a temporary password."),
        ),
        call=True,
    ),
    "choisi": Advice(
        _("Check what you type, then change it"),
        (
            _("In a password, capitals and small letters differ: see whether Caps Lock is on, and use “Show”."),
            _("Type your identifier, or your whole address up to its end: prenom.nom@… and not a private address."),
            _("A password saved by the browser may be the former one: delete the field, then type it yourself."),
            _("Where you never signed in, it may be refused for a time: the sign-in page then offers one code more."),
            _("On a telephone, the keyboard likes to add a space or a capital."),
            _("If your password is lost, a link lets you choose another. Your second factor stays as it is."),
        ),
        _LOST,
    ),
    "temporaire": Advice(
        _("A temporary password works once, for 30 minutes"),
        (
            _("It has three groups of four signs; capitals do not matter."),
            _("If half an hour has gone by, or if it has been used, ask the help desk for another."),
        ),
        call=True,
    ),
    "decalage": Advice(
        _("Type your PIN, then the six digits, without a space"),
        (
            _("Wait for a new code: each one works once, also when it was typed wrong elsewhere."),
            _("If the key was pressed many times, it has gone ahead. Try twice: the page then asks for the next code."),
            _("With an application on a telephone, see whether the telephone sets its clock by itself."),
            _("Three wrong PINs in a row block the key: only your DSDEN can open it again."),
        ),
        _SIGN_IN,
    ),
    "code-suivant": Advice(
        _("Your key was ahead: the next code sets it right"),
        (
            _("Wait until the key shows other digits, then type these six digits alone, without the PIN."),
            _("This happens after the key was pressed often without being used. Nothing is lost."),
        ),
        _SIGN_IN,
    ),
    "pin": Advice(
        _("Only your DSDEN can give a new PIN"),
        (
            _("It checks who you are, then opens the choice of a new PIN; you choose it at your next sign-in."),
            _("The reset of a password does not help: with a key, no password opens your account."),
        ),
        call=True,
    ),
    "cle-perdue": Advice(
        _("Report your key as lost at once"),
        (
            _("The key is disabled immediately: whoever finds it can do nothing with it."),
            _("Your DSDEN gives you another, or lets you sign in with a password meanwhile."),
        ),
        call=True,
    ),
    "essais": Advice(
        _("Wait a few minutes"),
        (
            _("After several wrong tries, the entry closes for a minute, then two, then four. The page says how long."),
            _("It opens again by itself: trying on only makes the wait longer."),
            _("A mail program that still has your former password keeps trying: correct it there, or switch it off."),
            _("If your password is lost, change it meanwhile."),
        ),
        _LOST,
    ),
    "facteur": Advice(
        _("Your second step is lost"),
        (
            _("A recovery code opens in its place: it is one of the ten that you printed when you set it up."),
            _("Another key or telephone that you registered works as well."),
            _("With none of these, call your DSDEN: the reset of a password never removes a second step."),
        ),
        _SIGN_IN,
        call=True,
    ),
    "identifiant": Advice(
        _("Your identifier is on your letter"),
        (
            _("It is mostly the first letter of your first name and your last name: jmartin. A number may follow."),
            _("Your work address works as well: prenom.nom@… A colleague finds it in the directory."),
            _("Without either, your DSDEN tells it to you."),
        ),
        _SIGN_IN,
        call=True,
    ),
    "logiciel": Advice(
        _("Your mail program has a former password"),
        (
            _("After a change of password, type the new one in the program too."),
            _("With an OTP key or a second step, a program needs a password of its own: it is made in My account."),
            _("Before the first sign-in on the site, no program is let in."),
            _("The names and ports of the servers are on the settings page."),
        ),
        Act(_("See the settings"), "clients:programs"),
    ),
    "maintenance": Advice(
        _("See what works at this moment"),
        (
            _("During a maintenance the page says until when. Programs and telephones go on receiving mail."),
            _("If everything works there, close the page, then type the address again: a saved address may be old."),
            _("On the network of a school, try another network: a telephone’s, for example."),
        ),
        Act(_("State of the services"), "portal:state"),
    ),
    "vol": Advice(
        _("Call your DSDEN and say: stolen account"),
        (
            _("It closes everything at once: sessions, mail programs, sending. Your messages stay where they are."),
            _("Warn your colleagues by telephone, not by mail."),
            _("Change the same password wherever else you used it."),
        ),
        call=True,
    ),
}
LETTER = "lettre"  # a page of its own: it reckons with a date


@dataclass(frozen=True)
class LetterDates:
    """When the letter of somebody who takes up their duties on a day arrives, and when to worry."""

    duty: date
    today: date

    @property
    def first(self) -> date:
        return add_working_days(self.duty, LETTER_FROM)

    @property
    def last(self) -> date:
        return add_working_days(self.duty, LETTER_UNTIL)

    @property
    def to_come(self) -> bool:
        return self.today < self.duty

    @property
    def late(self) -> bool:
        return self.today > max(self.last, self.duty + CALL_AFTER)

"""One row of the feed, from text to facts. Every wrong value is told, not only the first."""

import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from vaguemestre.academy.facts import Academy
from vaguemestre.people import postal
from vaguemestre.people.categories import CATEGORIES, PUPIL, STUDENT
from vaguemestre.people.facts import FeedLine, PersonFacts, PostingFacts, SchoolFacts
from vaguemestre.people.functions import KINDS, Function, usual_function
from vaguemestre.people.numen import InvalidNumenError, Numen
from vaguemestre.people.refusal import Identity, Refusal, Remark, value_text
from vaguemestre.people.uai import InvalidUaiError, Uai

POSTINGS = 3
HR_KEY_LIMIT = 40
ADDRESS_LINES = {f"address_line{number}": number for number in range(2, 7)} | {"address_country": 7}
PERSON_COLUMNS = (
    "hr_key", "numen", "civility", "first_name", "last_name", "usual_name", "birth_date", *ADDRESS_LINES,
    "category", "corps", "grade", "step", "department", "officer", "duty_start", "duty_end", "effective_on",
)  # fmt: skip
POSTING_COLUMNS = ("uai", "school", "kind", "city", "function", "discipline", "share", "starts", "ends")
_SPACES = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# Soft hyphen, zero-width space and joiners, marks of direction: a word processor's, and nobody sees them.
# What turns the direction of the text (\u202e) is not among them.
_INVISIBLE = re.compile(r"[\u00ad\u061c\u200b-\u200f\u2060\ufeff]")
_HYPHENS = re.compile(r"[\u2010-\u2015\u2212]")
_APOSTROPHES = re.compile(r"['`\u00b4\u02bc\u2018\u2032]")
_NO_END = (date(2999, 12, 31), date(9999, 12, 31))


class RefusedRowError(Exception):
    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__(f"{len(refusals)} refusal(s)")
        self.refusals = refusals


def _error(reason: str) -> PydanticCustomError:
    # A reason is a sentence, never a template: braces in it are text.
    return PydanticCustomError("feed", "{reason}", {"reason": reason})


def _text(value: object) -> object:
    """No-break and other wide spaces become plain ones, what typography leaves unseen goes; a control character is
    refused."""
    if not isinstance(value, str):
        return value
    text = _INVISIBLE.sub("", _SPACES.sub(" ", value)).strip()
    if not text.isprintable():
        raise _error(_("a control character"))
    return text


def _name(value: str) -> str:
    """Typographic apostrophe, plain hyphen, single spaces. Upper or lower case as it came: it is how the person will
    be written."""
    value = re.sub(r" +", " ", _HYPHENS.sub("-", _APOSTROPHES.sub("’", value)))
    if not any(c.isalpha() for c in value):
        raise _error(_("no letter in this name"))
    if wrong := next((c for c in value if not (c.isalpha() or c in " ’-." or unicodedata.category(c)[0] == "M")), None):
        raise _error(_("“%(character)s” has no place in a name") % {"character": wrong})
    return value


def read_day(text: str) -> date | None:
    for shape in ("%Y-%m-%d", "%d/%m/%Y"):
        with suppress(ValueError):
            # Only the calendar day is kept: no time zone is at stake.
            return datetime.strptime(text, shape).date()
    return None


def _date(value: object) -> date:
    found = read_day(str(value))
    if found is None or not 1900 <= found.year <= 2100:
        raise _error(_("not a date (expected: 2026-09-01 or 01/09/2026)"))
    return found


def _last_day(value: object) -> date | None:
    """HR systems write “no end” as a day that nobody will see."""
    return None if value is None or read_day(str(value)) in _NO_END else _date(value)


def _number(value: object) -> int:
    text = str(value).removesuffix("%").strip()
    if not re.fullmatch(r"\d{1,4}", text, re.ASCII):
        raise _error(_("not a whole number"))
    return int(text)


def _numen(value: object) -> Numen:
    try:
        return Numen(str(value))
    except InvalidNumenError as error:
        raise _error(_("not in the form of a NUMEN (13 characters, such as 20E0412345ABC)")) from error


def _uai(value: object) -> Uai:
    try:
        return Uai(str(value))
    except InvalidUaiError as error:
        if error.expected is None:
            raise _error(_("not in the form of a UAI (7 digits and a letter)")) from error
        raise _error(
            _("wrong check letter: with these digits it is %(letter)s") % {"letter": error.expected}
        ) from error


def _category(value: object) -> str:
    code = str(value).upper()
    if code == PUPIL:
        raise _error(_("pupils get no address"))
    if code == STUDENT:
        raise _error(_("students get no address"))
    if code not in CATEGORIES:
        raise _error(_("category unknown here: no account"))
    return code


def _civility(value: object) -> str:
    known = {"m": "M.", "m.": "M.", "mr": "M.", "mme": "Mme", "mme.": "Mme"}
    try:
        return known[str(value).lower()]
    except KeyError:
        raise _error(_("expected: M. or Mme")) from None


def _function(value: object) -> str:
    if (code := str(value).upper()) not in Function:
        raise _error(_("function unknown"))
    return code


def _kind(value: object) -> str:
    if (code := str(value).lower()) not in KINDS:
        raise _error(_("kind of school unknown"))
    return code


def _limited(limit: int) -> Any:
    return Field(max_length=limit)


Short = Annotated[str, BeforeValidator(_text), _limited(60)]
Name = Annotated[str, BeforeValidator(_text), _limited(60), AfterValidator(_name)]
Words = Annotated[str, BeforeValidator(_text), _limited(120)]
Day = Annotated[date, BeforeValidator(_date)]
LastDay = Annotated[date | None, BeforeValidator(_last_day)]
Whole = Annotated[int, BeforeValidator(_number)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, arbitrary_types_allowed=True)


class PersonRow(_Row):
    hr_key: Annotated[str, BeforeValidator(_text), _limited(HR_KEY_LIMIT)] | None
    numen: Annotated[Numen, BeforeValidator(_numen)] | None
    civility: Annotated[str, BeforeValidator(_civility)]
    first_name: Name
    last_name: Name
    usual_name: Name | None
    birth_date: Day
    address_line2: Words | None
    address_line3: Words | None
    address_line4: Words | None
    address_line5: Words | None
    address_line6: Words
    address_country: Words | None
    category: Annotated[str, BeforeValidator(_category)]
    corps: Short | None
    grade: Short | None
    step: Annotated[Whole, Field(ge=1, le=20)] | None
    department: Short
    officer: Words | None
    duty_start: Day
    duty_end: LastDay
    effective_on: Day | None


class PostingRow(_Row):
    uai: Annotated[Uai, BeforeValidator(_uai)]
    school: Words
    kind: Annotated[str, BeforeValidator(_kind)]
    city: Annotated[str, BeforeValidator(_text), _limited(100)]
    function: Annotated[str, BeforeValidator(_function)] | None
    discipline: Annotated[str, BeforeValidator(_text), _limited(80)] | None
    share: Annotated[Whole, Field(ge=1, le=100)]
    starts: Day
    ends: LastDay


def read_row(
    number: int, values: Mapping[str, str], academy: Academy
) -> tuple[FeedLine, list[tuple[int, SchoolFacts]], list[Remark]]:
    """The line, its places with the rank of their posting, and remarks. Raises RefusedRowError with every refusal."""
    refusals: list[Refusal] = []
    person = _read(PersonRow, number, "", {column: values.get(column) or None for column in PERSON_COLUMNS}, refusals)
    postings = _read_postings(number, values, refusals)
    if refused_for_category := [r for r in refusals if r.column == "category"]:
        raise RefusedRowError(refused_for_category)  # a pupil's line has every right to look different
    if person is None or refusals:
        raise RefusedRowError(refusals)
    address = _address(number, person, refusals)
    _check_whole(number, person, academy, refusals)
    schools = [(rank, _school(number, rank, posting, academy, refusals)) for rank, posting in postings]
    if refusals:
        raise RefusedRowError(refusals)
    facts = tuple(_posting_facts(posting, person.category) for _rank, posting in postings)
    line = FeedLine(number, person.hr_key, person.numen, person.effective_on, _person_facts(person, address), facts)
    return line, schools, _shares(number, facts)


def identity(values: Mapping[str, str]) -> Identity:
    """Who a refused row is about, read as far as it can be."""
    lookups = lookups_among([values.get("numen", "")])
    hr_keys = hr_keys_among([values.get("hr_key", "")])
    try:
        names = (_name(str(_text(values.get("last_name", "")))), _name(str(_text(values.get("first_name", "")))))
        return Identity(lookups, hr_keys, (*names, _date(values.get("birth_date"))))
    except PydanticCustomError:
        return Identity(lookups, hr_keys)


def lookups_among(texts: Iterable[str]) -> tuple[str, ...]:
    """Under every lookup key, those of the texts that are a NUMEN."""
    found: list[str] = []
    for text in texts:
        with suppress(InvalidNumenError):
            found += Numen(text.strip(' "')).lookups
    return tuple(found)


def hr_keys_among(texts: Iterable[str]) -> tuple[str, ...]:
    """Those of the texts that may be a key of the HR system, which has no form of its own."""
    found: list[str] = []
    for text in texts:
        with suppress(PydanticCustomError):
            found.append(str(_text(text.strip(' "'))))
    return tuple(key for key in found if 0 < len(key) <= HR_KEY_LIMIT)


def _read[R: _Row](
    row: type[R], number: int, prefix: str, values: Mapping[str, str | None], refusals: list[Refusal]
) -> R | None:
    try:
        return row.model_validate(values)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            column = str(detail["loc"][0])
            refusals.append(
                Refusal(number, f"{prefix}{column}", value_text(column, values.get(column)), _reason(detail))
            )
        return None


def _reason(error: ErrorDetails) -> str:
    if error["input"] is None:
        return _("a value is needed")
    context = error.get("ctx", {})
    match error["type"]:
        case "feed":
            return str(context["reason"])
        case "string_too_long" | "too_long":
            return _("more than %(limit)s characters") % {"limit": context["max_length"]}
        case "greater_than_equal" | "less_than_equal":
            return _("out of bounds")
        case _:
            return error["msg"]


def _read_postings(number: int, values: Mapping[str, str], refusals: list[Refusal]) -> list[tuple[int, PostingRow]]:
    found = []
    for rank in range(1, POSTINGS + 1):
        given = {column: values.get(f"posting{rank}_{column}") or None for column in POSTING_COLUMNS}
        if rank > 1 and not any(given.values()):
            continue
        if posting := _read(PostingRow, number, f"posting{rank}_", given, refusals):
            found.append((rank, posting))
    extra = f"posting{POSTINGS + 1}_"
    if column := next((c for c, value in values.items() if c.startswith(extra) and value), None):
        reason = _("three postings at most: report the fourth to the messaging team")
        refusals.append(Refusal(number, column, value_text(column, values[column]), reason))
    return found


def _address(number: int, person: PersonRow, refusals: list[Refusal]) -> tuple[str, ...]:
    lines = []
    for column, line_number in ADDRESS_LINES.items():
        value = getattr(person, column)
        if value is None:
            continue
        text = postal.normalised(line_number, value)
        if not postal.fits(text):
            reason = _("more than %(limit)s characters") % {"limit": postal.LINE_LIMIT}
            refusals.append(Refusal(number, column, value_text(column, value), reason))
        if line_number == postal.TOWN_LINE and person.address_country is None and not postal.is_french_town(text):
            reason = _("expected: a postal code of five digits and a town")
            refusals.append(Refusal(number, column, value_text(column, value), reason))
        if text:
            lines.append(sys.intern(text))
    return tuple(lines)


def _check_whole(number: int, person: PersonRow, academy: Academy, refusals: list[Refusal]) -> None:
    """What no single value can tell."""

    def refuse(column: str, reason: str) -> None:
        refusals.append(Refusal(number, column, value_text(column, getattr(person, column)), reason))

    if person.numen is None and person.hr_key is None:
        refuse("numen", _("neither a NUMEN nor a key of the HR system: nobody can be recognised by this line"))
    if academy.department(person.department) is None:
        refuse("department", _("not a department of this authority"))
    if person.duty_end is not None and person.duty_end < person.duty_start:
        refuse("duty_end", _("before the first day of duty"))
    if person.duty_start.year - person.birth_date.year < 16:
        refuse("birth_date", _("less than sixteen years before the first day of duty"))


def _school(number: int, rank: int, posting: PostingRow, academy: Academy, refusals: list[Refusal]) -> SchoolFacts:
    department = next((d for d in academy.departments if d.uai_prefix == posting.uai.prefix), None)
    if department is None:
        reason = _("not a school of this authority")
        refusals.append(Refusal(number, f"posting{rank}_uai", posting.uai.value, reason))
    if posting.ends is not None and posting.ends < posting.starts:
        column = f"posting{rank}_ends"
        refusals.append(Refusal(number, column, posting.ends.isoformat(), _("before the first day of the posting")))
    code = department.code if department else ""
    return SchoolFacts(sys.intern(posting.uai.value), posting.school, posting.kind, posting.city, code)


def _shares(number: int, postings: tuple[PostingFacts, ...]) -> list[Remark]:
    """More than a full post on one day happens (hours on top), and is a mistake more often."""
    for posting in postings:
        together = [p for p in postings if p.starts <= posting.starts and (p.ends is None or p.ends >= posting.starts)]
        if (whole := sum(p.share for p in together)) > 100:
            reason = _("the postings of one day make more than full time: their shares are taken as they are")
            return [Remark(number, "posting1_share", f"{whole} %", reason)]
    return []


def _posting_facts(posting: PostingRow, category: str) -> PostingFacts:
    return PostingFacts(
        uai=sys.intern(posting.uai.value),
        function=posting.function or usual_function(category),
        discipline=sys.intern(posting.discipline) if posting.discipline else None,
        share=posting.share,
        starts=posting.starts,
        ends=posting.ends,
    )


def _person_facts(person: PersonRow, address: tuple[str, ...]) -> PersonFacts:
    same = {column: getattr(person, column) for column in PersonFacts.__slots__ if column != "address_lines"}
    return PersonFacts(address_lines=address, **same)

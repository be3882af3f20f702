"""« Votre dossier »: what the HR file says of somebody, in lines that can be quoted, and what follows from it."""

from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.career.file import career_history, career_text, durations
from vaguemestre.career.file.grade_step_drawing import Drawing, grade_step_drawings
from vaguemestre.career.file.next_grade_step import Prospect, prospect_of
from vaguemestre.career.models import GradeStep, Post
from vaguemestre.people import numen
from vaguemestre.people.functions import KINDS
from vaguemestre.people.models import Person, Posting
from vaguemestre.web.french_words import french


@dataclass(frozen=True, slots=True)
class CareerFileLine:
    """`key` names it in an address; `value` is empty when the file says nothing."""

    key: str
    label: str
    value: str

    @property
    def is_french(self) -> bool:
        """Words of the HR file, whatever the language of the page; the others are ours, names or numbers."""
        return self.key.startswith(("fonction", "corps", "grade", "bureau", "discipline", "uai"))

    @property
    def quoted(self) -> str:
        return _("%(label)s: %(value)s") % {"label": self.label, "value": self.value or _("not known here")}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the path: since when, what, where."""

    line: CareerFileLine
    when: str
    starts: date | None
    what: str
    detail: str
    present: bool


@dataclass(frozen=True, slots=True)
class Tread:
    """One row of the table of échelons."""

    name: str
    since: str
    lasts: str
    index: str


@dataclass(frozen=True, slots=True)
class CareerFile:
    person: Person
    civil: list[CareerFileLine]
    administrative: list[CareerFileLine]
    posts: list[list[CareerFileLine]]
    path: list[Event]
    prospect: Prospect | None
    treads: list[Tread]
    drawings: list[Drawing]

    def line(self, key: str) -> CareerFileLine | None:
        every = [*self.civil, *self.administrative, *(one for post in self.posts for one in post)]
        return next((line for line in [*every, *(event.line for event in self.path)] if line.key == key), None)


def career_file_of(person: Person, today: date) -> CareerFile:
    """Three queries: the posts, what they were, and the échelons. The NUMEN is masked."""
    postings = sorted(person.postings.select_related("school"), key=lambda one: one.rank)
    steps = career_history.steps_of(person)
    present = _present(person, steps, today)
    prospect = prospect_of(present) if present else None
    return CareerFile(
        person, _civil(person), _administrative(person, present), [_post(one) for one in postings],
        _path(person, steps, today), prospect, _treads(steps, prospect) if prospect else [],
        grade_step_drawings(steps, prospect, today) if prospect else [],
    )  # fmt: skip


def prospect_for(person: Person, today: date) -> Prospect | None:
    """One query."""
    present = _present(person, career_history.steps_of(person), today)
    return prospect_of(present) if present else None


def _present(person: Person, steps: list[GradeStep], today: date) -> GradeStep | None:
    """The row that says what the file says now; one that is not written yet when the feed has just come."""
    if not person.corps:
        return None
    facts = (person.corps, person.grade or "", person.step)
    found = next((one for one in steps if (one.corps, one.grade, one.step) == facts), None)
    return found or GradeStep(person=person, corps=facts[0], grade=facts[1], step=facts[2], seen_on=today)


def _civil(person: Person) -> list[CareerFileLine]:
    lines = [
        CareerFileLine("civilite", _("Civility"), person.civility),
        CareerFileLine("prenom", _("First name"), person.first_name),
        CareerFileLine("nom", _("Name of birth"), person.last_name),
        CareerFileLine("naissance", _("Date of birth"), durations.day_text(person.birth_date)),
        CareerFileLine("adresse", _("Postal address"), ", ".join(person.address_lines)),
        CareerFileLine("numen", _("NUMEN"), numen.masked_numen(person) or ""),
    ]
    if person.usual_name:
        lines.insert(3, CareerFileLine("usage", _("Usual name"), person.usual_name))
    return lines


def _administrative(person: Person, present: GradeStep | None) -> list[CareerFileLine]:
    department = academy().department(person.department)
    step = str(person.step) if person.step is not None else ""
    if present and person.step is not None:
        step = _step_in_words(present)
    lines = [
        CareerFileLine("fonction", _("Function"), capfirst(person.function_label)),
        CareerFileLine("corps", _("Corps"), person.corps or ""),
        CareerFileLine("grade", _("Grade"), person.grade or ""),
        CareerFileLine("echelon", _("Echelon"), step),
        CareerFileLine("entree", _("In post in the authority since"), durations.day_text(person.duty_start)),
        CareerFileLine("gestion", _("Managed by"), department.office.name if department else ""),
        CareerFileLine("bureau", _("Office in charge"), person.officer or ""),
    ]
    if person.duty_end:
        lines.insert(5, CareerFileLine("fin", _("Last day of duty"), durations.day_text(person.duty_end)))
    return lines


def _step_in_words(step: GradeStep) -> str:
    if step.since:
        return _("%(step)s, since %(day)s") % {"step": step.step, "day": durations.day_text(step.since)}
    return _("%(step)s, since a day that is not known here") % {"step": step.step}


def _post(posting: Posting) -> list[CareerFileLine]:
    school, rank = posting.school, posting.rank
    since = durations.day_text(posting.starts)
    if posting.ends:
        since = _("from %(start)s to %(end)s") % {"start": since, "end": durations.day_text(posting.ends)}
    kind = KINDS.get(school.kind, "")
    return [
        CareerFileLine(f"affectation-{rank}", _("Establishment"), f"{school.name}, {school.city}"),
        CareerFileLine(f"uai-{rank}", _("UAI"), f"{school.uai} ({kind})" if kind else school.uai),
        CareerFileLine(f"discipline-{rank}", _("Discipline"), posting.discipline or ""),
        CareerFileLine(f"quotite-{rank}", _("Share of full time"), _("%(share)d %%") % {"share": posting.share}),
        CareerFileLine(f"depuis-{rank}", _("Since"), since),
    ]


def _path(person: Person, steps: list[GradeStep], today: date) -> list[Event]:
    """Posts and changes of grade, latest first; what has no day stands last."""
    events = [_post_event(post, today) for post in Post.objects.filter(person=person)]
    events += _grade_events(steps)
    return sorted(events, key=lambda event: (event.present, event.starts or date.min), reverse=True)


def _post_event(post: Post, today: date) -> Event:
    ended = post.ends if post.ends and post.ends < today else post.gone_on
    share = _("%(share)d %% of full time") % {"share": post.share} if post.share else ""
    about = [post.city, share, french(post.discipline)]
    function = career_text.function_text(post.function)
    what = f"{capfirst(function)}, {post.place}" if function else post.place
    detail = format_html_join(", ", "{}", ((one,) for one in about if one))
    when = durations.years_text(post.starts, ended)
    line = CareerFileLine(f"parcours-{post.pk}", _("Path"), f"{what}, {when}")
    return Event(line, when, post.starts, what, detail, ended is None)


def _grade_events(steps: list[GradeStep]) -> list[Event]:
    """One for each grade: the day of its first échelon that is known."""
    first: dict[tuple[str, str], GradeStep] = {}
    for step in steps:  # newest first: the oldest one stays
        first[step.corps, step.grade] = step
    events = []
    for step in first.values():
        if step.since is None:
            continue
        what = ", ".join(one for one in (step.corps, step.grade) if one)
        detail = _("At echelon %(step)d") % {"step": step.step} if step.step is not None else ""
        line = CareerFileLine(f"grade-{step.pk}", _("Path"), f"{what}, {durations.day_text(step.since)}")
        events.append(Event(line, str(step.since.year), step.since, str(french(what)), detail, False))
    return events


def _treads(steps: list[GradeStep], prospect: Prospect) -> list[Tread]:
    """Latest first, the next one above them: the same as the drawing, and what is not dated besides."""
    grid, rows = prospect.grid, []
    if grid and prospect.next:
        until = _("%(day)s, at the latest") % {"day": durations.day_text(prospect.next.latest)}
        rows.append(_tread(prospect.next.rung.number, until, prospect.next.rung.months, prospect.next.rung.index))
    mine = [s for s in steps if (s.corps, s.grade) == (prospect.step.corps, prospect.step.grade)]
    for step in sorted(mine, key=lambda one: one.step or 0, reverse=True):
        if step.step is None:
            continue
        rung = grid.rung(step.step) if grid else None
        since = durations.day_text(step.since) if step.since else _("not known here")
        rows.append(_tread(step.step, since, rung.months if rung else None, rung.index if rung else None))
    return rows


def _tread(number: int, since: str, months: int | None, index: int | None) -> Tread:
    name = _("Echelon %(step)d") % {"step": number}
    return Tread(name, since, durations.duration_text(months) if months else "–", str(index) if index else "–")

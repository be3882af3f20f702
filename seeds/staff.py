"""Invented staff of an authority, always the same for one seed: the demo's feed and the benchmark draw from here."""

import csv
import io
import random
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from seeds.names import FAMILY, FEMININE, MASCULINE, SCHOOL_NAMES, STREETS, TOWNS

PERSON_COLUMNS = [
    "hr_key", "numen", "civility", "first_name", "last_name", "usual_name", "birth_date",
    "address_line2", "address_line3", "address_line4", "address_line5", "address_line6", "address_country",
    "category", "corps", "grade", "step", "department", "officer", "duty_start", "duty_end", "effective_on",
]  # fmt: skip
POSTING_COLUMNS = ["uai", "school", "kind", "city", "function", "discipline", "share", "starts", "ends"]
HEADER = PERSON_COLUMNS + [f"posting{rank}_{column}" for rank in (1, 2, 3) for column in POSTING_COLUMNS]

_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_UAI_PREFIX = {"02": "002", "60": "060", "80": "080"}
_DEPARTMENTS, _DEPARTMENT_SHARES = ("60", "80", "02"), (45, 28, 27)
_LAST_STEPS = {"Hors classe": 7, "Classe exceptionnelle": 4}
_OFFICES = {"G": "1D", "E": "DPE", "A": "DPA"}
DISCIPLINES = [
    "Lettres modernes", "Mathématiques", "Anglais", "Histoire-géographie", "Éducation physique et sportive",
    "Sciences de la vie et de la Terre", "Physique-chimie", "Espagnol", "Technologie", "Arts plastiques",
    "Éducation musicale", "Allemand", "Documentation", "Sciences économiques et sociales", "Philosophie",
]  # fmt: skip


@dataclass(frozen=True)
class Post:
    """What goes with a category. `kinds`: where it works; `letter`: the fourth sign of the NUMEN's origin."""

    share: int
    kinds: tuple[str, ...]
    letter: str
    corps: str = ""
    grades: tuple[str, ...] = ("Classe normale", "Hors classe", "Classe exceptionnelle")
    discipline: bool = False


_SECOND_DEGREE = ("college", "lycee")
POSTS = {
    "PE": Post(10_500, ("maternelle", "elementaire", "primaire"), "G", "Professeur des écoles"),
    "CERT": Post(8_700, _SECOND_DEGREE, "E", "Certifié", discipline=True),
    "AGREG": Post(1_600, ("lycee", "college"), "E", "Agrégé", discipline=True),
    "PLP": Post(2_600, ("lp",), "E", "PLP", discipline=True),
    "CONT": Post(2_800, (*_SECOND_DEGREE, "lp"), "E", "Professeur contractuel", ("",), discipline=True),
    "DIRECOLE": Post(1_500, ("elementaire", "primaire", "maternelle"), "G", "Professeur des écoles"),
    "CHEF": Post(330, (*_SECOND_DEGREE, "lp"), "E", "Personnel de direction"),
    "ADJ": Post(310, (*_SECOND_DEGREE, "lp"), "E", "Personnel de direction"),
    "IEN": Post(60, ("circonscription",), "G", "IEN"),
    "IAIPR": Post(45, ("rectorat",), "E", "IA-IPR"),
    "AESH": Post(4_000, ("elementaire", "college", "primaire"), "E", "", ("",)),
    "PSYEN": Post(280, ("cio", "circonscription"), "E", "PsyEN"),
    "CPE": Post(520, (*_SECOND_DEGREE, "lp"), "E", "CPE"),
    "AED": Post(1_400, (*_SECOND_DEGREE, "lp"), "E", "", ("",)),
    "ADMR": Post(500, ("rectorat",), "A", "SAENES"),
    "ADMD": Post(300, ("dsden",), "A", "ADJAENES"),
    "INF": Post(380, ("college", "lycee"), "A", "Infirmier ENES"),
    "MED": Post(40, ("dsden",), "A", "Médecin EN"),
    "ASS": Post(150, ("dsden",), "A", "ASSAE"),
}


# Nobody of the crowd: its draw would be another one.
_NAMED_ONLY = {"ADME": Post(0, ("college", "lycee", "lp"), "A", "SAENES")}


@dataclass(frozen=True)
class School:
    uai: str
    name: str
    kind: str
    city: str
    department: str


def school(department: str, serial: int, name: str, kind: str, city: str) -> School:
    """Serials from 9001 up are not given to real schools; the check letter is right."""
    digits = f"{_UAI_PREFIX[department]}{serial:04}"
    return School(f"{digits}{_LETTERS[int(digits) % 23]}", name, kind, city, department)


@dataclass
class Staff:
    """One line of a feed; `postings`: column to value, rank by rank."""

    facts: dict[str, str]
    postings: list[dict[str, str]] = field(default_factory=list)

    def values(self) -> list[str]:
        row = dict(self.facts)
        for rank, posting in enumerate(self.postings, 1):
            row |= {f"posting{rank}_{column}": value for column, value in posting.items()}
        return [row.get(column, "") for column in HEADER]


def posting(
    at: School, *, starts: date, share: int = 100, function: str = "", discipline: str = "", ends: date | None = None
) -> dict[str, str]:
    return {
        "uai": at.uai, "school": at.name, "kind": at.kind, "city": at.city, "function": function,
        "discipline": discipline, "share": str(share), "starts": starts.isoformat(),
        "ends": ends.isoformat() if ends else "",
    }  # fmt: skip


def schools(counts: dict[str, int], seed: int, *, first_serial: int = 9001) -> list[School]:
    """So many schools of each kind, shared between the departments; offices stand first."""
    rng = random.Random(seed)  # noqa: S311 - a repeatable draw, nothing secret
    serials = dict.fromkeys(TOWNS, first_serial - 1)

    def add(department: str, name: str, kind: str, city: str) -> School:
        serials[department] += 1
        return school(department, serials[department], name, kind, city)

    found = [add("80", "Rectorat de l’académie d’Amiens", "rectorat", "Amiens")]
    for department, title, city in (
        ("80", "DSDEN de la Somme", "Amiens"),
        ("60", "DSDEN de l’Oise", "Beauvais"),
        ("02", "DSDEN de l’Aisne", "Laon"),
    ):
        found.append(add(department, title, "dsden", city))
    titles = {
        "maternelle": "École maternelle", "elementaire": "École élémentaire", "primaire": "École primaire",
        "college": "Collège", "lycee": "Lycée", "lp": "Lycée professionnel", "cio": "CIO",
        "circonscription": "Circonscription",
    }  # fmt: skip
    for kind, count in counts.items():
        for _ in range(count):
            department = rng.choices(_DEPARTMENTS, _DEPARTMENT_SHARES)[0]
            town = rng.choice(TOWNS[department])[2]
            name = f"{titles[kind]} {rng.choice(SCHOOL_NAMES)}"
            found.append(add(department, name, kind, town))
    return found


class Population:
    """Draws people. The same seed gives the same people in the same order."""

    def __init__(self, places: list[School], *, seed: int, today: date) -> None:
        self._rng = random.Random(seed)  # noqa: S311 - a repeatable draw, nothing secret
        self._today = today
        self._by_kind: dict[str, list[School]] = {}
        for place in places:
            self._by_kind.setdefault(place.kind, []).append(place)
        self._numens: set[str] = set()
        self._serial = 100_000

    def staff(self, count: int) -> Iterator[Staff]:
        """Every category at least once, then by the shares of a real authority."""
        codes = list(POSTS)
        weights = [post.share for post in POSTS.values()]
        for code in codes[:count]:
            yield self.person(code)
        for code in self._rng.choices(codes, weights, k=max(0, count - len(codes))):
            yield self.person(code)

    def person(self, category: str, **facts: str) -> Staff:
        rng, post = self._rng, (POSTS | _NAMED_ONLY)[category]
        civility = rng.choice(("M.", "Mme", "Mme", "Mme"))
        birth = date(1960, 1, 1) + timedelta(days=rng.randrange(40 * 365))
        start_year = max(birth.year + 22, 1992) + rng.randrange(6)
        start = min(date(start_year, 9, 1), date(self._today.year - (self._today.month < 9), 9, 1))
        at = self._place(post)
        row = self._identity(civility, birth, start, post) | {
            "category": category,
            "corps": post.corps,
            "grade": (grade := rng.choice(post.grades) if post.corps else ""),
            "step": str(min(rng.randrange(1, 12), _LAST_STEPS.get(grade, 11))) if post.corps else "",
            "department": at.department,
            "officer": f"Bureau {_OFFICES[post.letter]} {at.department}",
            "duty_start": start.isoformat(),
        }
        discipline = rng.choice(DISCIPLINES) if post.discipline else ""
        postings = [posting(at, starts=start, discipline=discipline)]
        if post.discipline and rng.random() < 0.06:
            postings[0]["share"] = "60"
            postings.append(posting(self._place(post), starts=start, share=40, discipline=discipline))
        return Staff(row | self._address(at.department) | facts, postings)

    def numen(self, letter: str, year: int) -> str:
        while True:
            origin = self._rng.choices(("20", "09", "24", "25"), (88, 5, 4, 3))[0]
            digits = f"{self._rng.randrange(100_000):05}"
            ending = "".join(self._rng.choices(string.ascii_uppercase, k=3))
            numen = f"{origin}{letter}{max(year, 1992) % 100:02}{digits}{ending}"
            if numen not in self._numens:
                self._numens.add(numen)
                return numen

    def _identity(self, civility: str, birth: date, start: date, post: Post) -> dict[str, str]:
        rng = self._rng
        self._serial += 1
        first = _by_rank(rng, MASCULINE if civility == "M." else FEMININE)
        last = _by_rank(rng, FAMILY).replace("De-La-", "de La ").replace("Le-", "Le ").replace("D’", "d’")
        married = civility == "Mme" and rng.random() < 0.25
        usual = _by_rank(rng, FAMILY).replace("De-La-", "de La ").replace("Le-", "Le ") if married else ""
        if usual and rng.random() < 0.2:
            usual = f"{last}-{usual}"
        return {
            "hr_key": f"RH{self._serial}", "numen": self.numen(post.letter, start.year), "civility": civility,
            "first_name": first, "last_name": last, "usual_name": usual, "birth_date": birth.isoformat(),
        }  # fmt: skip

    def _address(self, department: str) -> dict[str, str]:
        code, town, _name = self._rng.choice(TOWNS[department])
        flat = f"APPT {self._rng.randrange(1, 40)}" if self._rng.random() < 0.15 else ""
        return {
            "address_line2": flat,
            "address_line4": f"{self._rng.randrange(1, 180)} {self._rng.choice(STREETS)}",
            "address_line6": f"{code} {town}",
        }

    def _place(self, post: Post) -> School:
        places = [place for kind in post.kinds for place in self._by_kind.get(kind, [])]
        return self._rng.choice(places)


def _by_rank(rng: random.Random, names: list[str]) -> str:
    """The beginning of a list comes up far more often than its end, as in life: this is where homonyms come from."""
    return names[int(len(names) * rng.random() ** 1.6)]


def as_feed(dated: date, staff: Iterable[Staff], *, raw: Iterable[list[str]] = ()) -> str:
    """The text of a feed file; `raw`: whole lines that no Staff could be (what must be refused)."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    rows = [person.values() for person in staff] + list(raw)
    writer.writerow(["#INSTANTANE", dated.isoformat()])
    writer.writerow(HEADER)
    writer.writerows(rows)
    writer.writerow(["#FIN", len(rows)])
    return text.getvalue()

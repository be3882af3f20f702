"""Writes the demo's two HR feeds beside this file: `python -m seeds.make_feed`.

Two snapshots, because a leaver and a mover need a before and an after. All dates are past, except two people
expected and one posting that changes in January 2027.
"""

from datetime import date
from pathlib import Path

from seeds.staff import Population, School, Staff, as_feed, posting, school, schools

FOLDER = Path(__file__).parent
FIRST, SECOND = date(2026, 9, 1), date(2026, 11, 16)
CROWD = 282
COUNTS = {
    "maternelle": 6, "elementaire": 12, "primaire": 8, "college": 12, "lycee": 6, "lp": 4, "cio": 2,
    "circonscription": 3,
}  # fmt: skip
TILLEULS = school("80", 9901, "Collège des Tilleuls", "college", "Amiens")
PEUPLIERS = school("80", 9902, "École élémentaire Les Peupliers", "elementaire", "Abbeville")
HORTILLONS = school("80", 9904, "École primaire des Hortillons", "primaire", "Amiens")
REMPARTS = school("02", 9903, "Collège des Remparts", "college", "Laon")


class Story:
    """People with a part to play, beside the crowd."""

    def __init__(self) -> None:
        self._places = schools(COUNTS, seed=2026)
        self._population = Population(self._places, seed=2026, today=FIRST)
        self._rectorat, self._dsden80 = self._places[0], self._places[1]
        self.cast = self._cast()
        self.crowd = list(self._population.staff(CROWD))
        self._give_a_desk("Sanchez")
        self.leaver = self._someone("CERT", "M.", "Gérard", "Lemoine", REMPARTS, discipline="Allemand")
        self.mover = self._someone("CERT", "Mme", "Aurélie", "Fontaine", REMPARTS, discipline="Espagnol")
        self.renamed = self._someone("PE", "Mme", "Marion", "Petit", PEUPLIERS)
        self.later_mover = self._someone("AESH", "Mme", "Fanny", "Delcourt", PEUPLIERS, share=62)
        self.names = self._remarkable_names()
        self.newcomers = self._newcomers()
        # Drawn last: whoever was drawn before stays who they are.
        self.otp_holder = self._someone("DIRECOLE", "M.", "Bruno", "Delattre", HORTILLONS, rank=("Hors classe", "3"))
        self.office = self._office()

    def first(self) -> list[Staff]:
        story = [self.leaver, self.mover, self.renamed, self.later_mover]
        return [*self.cast, *self.names, *story, *self.crowd, self.otp_holder, *self.office]

    def second(self) -> list[Staff]:
        mover = Staff(dict(self.mover.facts) | {"department": "80", "officer": "Bureau DPE 80"})
        mover.postings = [posting(TILLEULS, starts=date(2026, 11, 9), discipline="Espagnol")]
        renamed = Staff(dict(self.renamed.facts) | {"usual_name": "Petit-Delannoy"}, self.renamed.postings)
        january = date(2027, 1, 4)
        later = Staff(dict(self.later_mover.facts) | {"effective_on": january.isoformat()})
        later.postings = [posting(TILLEULS, starts=january, share=62)]
        return [
            *self.cast,
            *self.names,
            mover,
            renamed,
            later,
            *self.crowd,
            *self.newcomers,
            self.otp_holder,
            *self.office,
        ]

    def refused(self) -> list[list[str]]:
        """A pupil, a student and a code nobody knows."""
        lines = []
        for key, first, last, code in (
            ("ELV000001", "Enzo", "Lecointe", "ELEVE"),
            ("ETU000001", "Clara", "Vasseur", "ETUD"),
            ("RH900001", "Bruno", "Tassart", "JARDINIER"),
        ):
            facts = {"hr_key": key, "civility": "M.", "first_name": first, "last_name": last, "category": code}
            lines.append(Staff(facts | {"birth_date": "2010-05-04" if code == "ELEVE" else "1999-03-02"}).values())
        return lines

    def _someone(
        self, category: str, civility: str, first: str, last: str, at: School, *,
        starts: date = date(2019, 9, 1), function: str = "", discipline: str = "", share: int = 100,
        rank: tuple[str, str] | None = None, **facts: str,
    ) -> Staff:  # fmt: skip
        """`rank`: grade and step."""
        person = self._population.person(category, civility=civility, first_name=first, last_name=last)
        office = person.facts["officer"].removesuffix(person.facts["department"]) + at.department
        own = {"usual_name": "", "department": at.department, "officer": office, "duty_start": starts.isoformat()}
        person.facts |= own | facts
        if rank:
            person.facts |= {"grade": rank[0], "step": rank[1]}
        person.postings = [posting(at, starts=starts, share=share, function=function, discipline=discipline)]
        return person

    def _cast(self) -> list[Staff]:
        """The accounts of `endpoints.json`. Their identifiers follow from these names: keep them first in the file."""
        some = self._someone
        office = "DPE, bureau DPE 3"
        # What they were before is told by career.csv.
        normal, above = ("Classe normale", "8"), "Hors classe"
        return [
            some(
                "CERT",
                "Mme",
                "Mathilde",
                "Lefèvre",
                TILLEULS,
                discipline="Lettres modernes",
                officer=office,
                rank=normal,
            ),
            some(
                "CERT",
                "M.",
                "Karim",
                "Belkacem",
                TILLEULS,
                discipline="Mathématiques",
                officer=office,
                rank=(above, "5"),
            ),
            some("DIRECOLE", "Mme", "Nadia", "Benhamou", PEUPLIERS, rank=(above, "4")),
            some("ADMR", "Mme", "Sylvie", "Caudron", self._rectorat, function="GEST", discipline=office),
            some("ADMD", "M.", "Thomas", "Quesnel", self._dsden80, function="ASSIST", discipline="Assistance"),
            some("ADMR", "Mme", "Hélène", "Wattebled", self._rectorat, function="ADMIN", discipline="DSI"),
        ]

    def _office(self) -> list[Staff]:
        """Those who share the mailbox of a collège: head, deputy, secretary, and who keeps its accounts."""
        some = self._someone
        return [
            some(
                "CHEF",
                "Mme",
                "Isabelle",
                "Vanhoutte",
                TILLEULS,
                starts=date(2023, 9, 1),
                rank=("Hors classe", "4"),
                birth_date="1971-03-14",
            ),
            some("ADJ", "M.", "Laurent", "Dewailly", TILLEULS, rank=("Classe normale", "6"), birth_date="1982-10-05"),
            some("ADME", "Mme", "Corinne", "Bocquillon", TILLEULS, discipline="Secrétariat de direction"),
            some("ADME", "M.", "Stéphane", "Hénocq", TILLEULS, discipline="Gestion", birth_date="1978-07-21"),
        ]

    def _give_a_desk(self, usual_name: str) -> None:
        """To somebody of the crowd: the correspondent of the Somme’s primary schools, who is away."""
        chosen = next(one for one in self.crowd if one.facts["usual_name"] == usual_name)
        chosen.postings[0] |= {"function": "GEST", "discipline": "Bureau 1D 80"}

    def _remarkable_names(self) -> list[Staff]:
        some = self._someone
        people = [some("PE", "M.", "Jean", "Martin", PEUPLIERS) for _ in range(3)]
        people += [
            some("CERT", "M.", "François-Marie", "Dupont", TILLEULS, discipline="Philosophie"),
            some("PE", "Mme", "Anne-Cécile", "d’Hervé", PEUPLIERS),
            some("AGREG", "Mme", "Cœur", "Müller-Strauß", REMPARTS, discipline="Allemand"),
        ]
        without_numen = some("CONT", "Mme", "Yasmina", "Benali", TILLEULS, discipline="Espagnol")
        without_numen.facts["numen"] = ""
        return [*people, without_numen]

    def _newcomers(self) -> list[Staff]:
        some = self._someone
        new = "Éloïse", "de La Tour-Maubourg"
        return [
            some("CERT", "Mme", *new, TILLEULS, starts=date(2026, 11, 2), discipline="Anglais"),
            some("CONT", "M.", "Yann", "Le Goff", REMPARTS, starts=date(2026, 12, 14), discipline="Technologie"),
            some("AED", "Mme", "Inès", "Cherif", REMPARTS, starts=date(2027, 1, 4)),
        ]


def texts() -> dict[str, str]:
    """File name to content."""
    story = Story()
    pupil = story.refused()[:1]
    return {
        "hr-feed-1.csv": as_feed(FIRST, story.first(), raw=pupil),
        "hr-feed-2.csv": as_feed(SECOND, story.second(), raw=story.refused()),
    }


def main() -> None:
    for name, text in texts().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

"""Who is staff: the category codes of the HR feed, with the words people read.

A code that is not here opens no account. Pupils and students have codes only so that the refusal can say why.
"""

from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    TEACHING = "teaching"
    LEADERSHIP = "leadership"
    SUPPORT = "support"
    ADMINISTRATION = "administration"


@dataclass(frozen=True, slots=True)
class Category:
    """`masculine` and `feminine`: the function as a colleague reads it, in lower case."""

    code: str
    family: Family
    masculine: str
    feminine: str
    first_degree: bool = False

    def label(self, civility: str) -> str:
        return self.feminine if civility == "Mme" else self.masculine


CATEGORIES = {
    category.code: category
    for category in (
        Category("PE", Family.TEACHING, "professeur des écoles", "professeure des écoles", first_degree=True),
        Category("CERT", Family.TEACHING, "professeur certifié", "professeure certifiée"),
        Category("AGREG", Family.TEACHING, "professeur agrégé", "professeure agrégée"),
        Category("PLP", Family.TEACHING, "professeur de lycée professionnel", "professeure de lycée professionnel"),
        Category("CONT", Family.TEACHING, "professeur contractuel", "professeure contractuelle"),
        Category("DIRECOLE", Family.LEADERSHIP, "directeur d’école", "directrice d’école", first_degree=True),
        Category("CHEF", Family.LEADERSHIP, "chef d’établissement", "cheffe d’établissement"),
        Category("ADJ", Family.LEADERSHIP, "chef d’établissement adjoint", "cheffe d’établissement adjointe"),
        Category(
            "IEN",
            Family.LEADERSHIP,
            "inspecteur de l’Éducation nationale",
            "inspectrice de l’Éducation nationale",
            first_degree=True,
        ),
        Category(
            "IAIPR",
            Family.LEADERSHIP,
            "inspecteur d’académie, inspecteur pédagogique régional",
            "inspectrice d’académie, inspectrice pédagogique régionale",
        ),
        Category(
            "AESH",
            Family.SUPPORT,
            "accompagnant d’élèves en situation de handicap",
            "accompagnante d’élèves en situation de handicap",
        ),
        Category(
            "PSYEN", Family.SUPPORT, "psychologue de l’Éducation nationale", "psychologue de l’Éducation nationale"
        ),
        Category("CPE", Family.SUPPORT, "conseiller principal d’éducation", "conseillère principale d’éducation"),
        Category("AED", Family.SUPPORT, "assistant d’éducation", "assistante d’éducation"),
        Category("ADMR", Family.ADMINISTRATION, "agent du rectorat", "agente du rectorat"),
        Category("ADMD", Family.ADMINISTRATION, "agent de la DSDEN", "agente de la DSDEN"),
        Category("ADME", Family.ADMINISTRATION, "agent administratif", "agente administrative"),
        Category("INF", Family.ADMINISTRATION, "infirmier scolaire", "infirmière scolaire"),
        Category("MED", Family.ADMINISTRATION, "médecin scolaire", "médecin scolaire"),
        Category("ASS", Family.ADMINISTRATION, "assistant de service social", "assistante de service social"),
    )
}
OF_THE_RECTORAT = frozenset({"ADMR", "IAIPR"})  # served by it, whatever department the feed says
PUPIL = "ELEVE"
STUDENT = "ETUD"

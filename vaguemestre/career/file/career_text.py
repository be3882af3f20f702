"""Where somebody stands and what comes next, in sentences: the latest day is a fact, an earlier one a possibility."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from vaguemestre.career.file import durations
from vaguemestre.career.file.next_grade_step import Next, Prospect
from vaguemestre.people.functions import Function
from vaguemestre.web.french_words import french, sentence_html

_FUNCTIONS: dict[str, Promise] = {
    Function.TEACHING: gettext_lazy("teaching"),
    Function.HEAD: gettext_lazy("head of the establishment"),
    Function.DEPUTY: gettext_lazy("deputy head"),
    Function.INSPECTION: gettext_lazy("inspection"),
    Function.SCHOOL_LIFE: gettext_lazy("school life"),
    Function.SUPERVISION: gettext_lazy("supervision of pupils"),
    Function.SUPPORT: gettext_lazy("support of pupils with disabilities"),
    Function.PSYCHOLOGY: gettext_lazy("psychology and guidance"),
    Function.HEALTH: gettext_lazy("school health"),
    Function.SOCIAL: gettext_lazy("social service"),
    Function.OFFICE: gettext_lazy("administration"),
    Function.HR_OFFICER: gettext_lazy("management of staff"),
    Function.HELP_DESK: gettext_lazy("help desk"),
    Function.ADMINISTRATOR: gettext_lazy("administration of the service"),
}


def function_text(code: str) -> str:
    return str(_FUNCTIONS.get(code, ""))


def standing_text(prospect: Prospect | None) -> str:
    """Vous êtes à l’échelon 8 depuis le 1er mars 2026 (Certifié, classe normale)."""
    if prospect is None:
        return _("The HR file gives you neither corps nor echelon here.")
    step = prospect.step
    place = french(", ".join(one for one in (step.corps, step.grade) if one))
    if step.step is None:
        return sentence_html(_("Your corps: %(place)s. The HR file gives no echelon."), {"place": place})
    words: dict[str, object] = {"step": step.step, "place": place}
    if step.since is None:
        return sentence_html(_("You are at echelon %(step)d (%(place)s), since a day that is not known here."), words)
    return sentence_html(
        _("You are at echelon %(step)d since %(day)s (%(place)s)."), {**words, "day": durations.day_text(step.since)}
    )


def coming_text(prospect: Prospect | None) -> str:
    """What the durations give, or why they give nothing."""
    if prospect is None or prospect.step.step is None:
        return ""
    if prospect.next:
        return next_step_text(prospect.next)
    if prospect.at_the_top:
        return _("It is the last echelon of this grade that comes by its duration.")
    if prospect.grid is None:
        return _("The durations of this corps and grade are not kept here: your correspondent knows them.")
    if prospect.outside_its_grid:
        return _("This echelon is not one of the grid of this grade: report it if it is wrong.")
    return _("Without that day, the next echelon cannot be worked out: your correspondent knows it.")


def next_step_text(following: Next) -> str:
    """Le 9 viendra au plus tard le 1er septembre 2029."""
    words = {"step": following.rung.number, "day": durations.day_text(following.latest)}
    return _("Echelon %(step)d will come on %(day)s at the latest.") % words


def possibility_text(following: Next | None) -> str:
    """A shortened passage is chosen by the authority: never said as if it were due."""
    if following is None or following.soonest is None:
        return ""
    told = {"day": durations.day_text(following.soonest)}
    return _("It would be on %(day)s if your passage were shortened: that is possible, not promised.") % told

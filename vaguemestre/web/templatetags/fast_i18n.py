"""`{% translate %}` and `{% url %}` as Django's, with what cannot differ from one time to the next made once.

A page of the webmail has forty fixed words and ten addresses; Django looks each up again, through lazy strings."""

from typing import Any

from django.template import Library, defaulttags
from django.template.base import FilterExpression, Node, Parser, Token, Variable
from django.template.context import Context
from django.templatetags.i18n import TranslateNode, do_translate
from django.utils.html import conditional_escape
from django.utils.translation import get_language

from vaguemestre.web.url_cache import own_url, placed

register = Library()


class FixedWords(Node):
    """Words that stand in the template itself: one text a language."""

    def __init__(self, words: TranslateNode) -> None:
        self.words = words
        self.said: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = get_language()
        said = self.said.get(language)
        if said is None:
            said = self.said[language] = str(self.words.render(context))
        return said


class OwnUrl(Node):
    def __init__(self, made: Any) -> None:
        self.name: FilterExpression = made.view_name
        self.arguments: list[FilterExpression] = made.args

    def render(self, context: Context) -> str:
        url = own_url(self.name.resolve(context), *[one.resolve(context) for one in self.arguments])
        return conditional_escape(url) if context.autoescape else url


class PlacedUrl(Node):
    """One given by named arguments, or that may not exist: Django's, at the place that is shown."""

    def __init__(self, made: Any) -> None:
        self.made, self.into, made.asvar = made, made.asvar, made.asvar and "_url"

    def render(self, context: Context) -> str:
        name = str(self.made.view_name.resolve(context))
        if not self.into:
            return placed(name, self.made.render(context))
        with context.push():
            self.made.render(context)
            found = str(context["_url"])
        context[self.into] = placed(name, found)
        return ""


@register.tag("translate")
def translate(parser: Parser, token: Token) -> Node:
    words = do_translate(parser, token)
    fixed = not words.noop and not words.asvar and _literal(words.filter_expression)
    return FixedWords(words) if fixed and (not words.message_context or _literal(words.message_context)) else words


@register.tag("url")
def url(parser: Parser, token: Token) -> Node:
    made = defaulttags.url(parser, token)
    return PlacedUrl(made) if made.kwargs or made.asvar else OwnUrl(made)


def _literal(expression: FilterExpression) -> bool:
    var = expression.var
    return not expression.filters and (isinstance(var, str) or (isinstance(var, Variable) and var.lookups is None))

"""`{% url %}` as Django's, at the place that is shown (`web.url_cache`): the pages of a mailbox exist at two.

Without named arguments the address is also made once: a page of the webmail has thirty, 30 µs each."""

from typing import Any

from django.template import Library, defaulttags
from django.template.base import FilterExpression, Node, Parser, Token
from django.template.context import Context
from django.utils.html import conditional_escape

from vaguemestre.web.url_cache import own_url, placed

register = Library()


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


@register.tag("url")
def url(parser: Parser, token: Token) -> Node:
    made = defaulttags.url(parser, token)
    return PlacedUrl(made) if made.kwargs or made.asvar else OwnUrl(made)

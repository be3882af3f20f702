"""Fixed words and addresses of templates are made once, and say what Django's own tags say."""

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch
from django.utils.translation import override

from vaguemestre.mailbox.values import MailboxId


def test_fixed_words_follow_the_language() -> None:
    words = Template('{% translate "Archive" %} {% translate "Newer" context "messages" %}')
    for _again in range(2):
        with override("fr"):
            assert words.render(Context()) == "Archiver Plus récents"
        with override("en"):
            assert words.render(Context()) == "Archive Newer"


def test_words_that_are_not_fixed_are_translated_each_time() -> None:
    words = Template("{% translate word %}|{% translate word as kept %}{{ kept }}")
    with override("fr"):
        assert words.render(Context({"word": "Archive"})) == "Archiver|Archiver"
        assert words.render(Context({"word": "<b>"})) == "&lt;b&gt;|&lt;b&gt;"


def test_an_address_is_that_of_its_arguments() -> None:
    place = Template('{% url "webmail:folder" folder %}')
    for letter in "abab":
        assert place.render(Context({"folder": MailboxId(letter * 32)})) == f"/webmail/dossiers/{letter * 32}/"
    named = Template('{% url "webmail:folder" folder_id=folder %}')
    assert named.render(Context({"folder": MailboxId("c" * 32)})) == f"/webmail/dossiers/{'c' * 32}/"


def test_an_address_that_does_not_exist() -> None:
    with pytest.raises(NoReverseMatch):
        Template('{% url "webmail:nowhere" %}').render(Context())
    assert Template('{% url "webmail:nowhere" as place %}[{{ place }}]').render(Context()) == "[]"
    with pytest.raises(NoReverseMatch):
        Template('{% url "webmail:folder" folder %}').render(Context({"folder": "../x"}))

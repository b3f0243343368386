import pytest

from hub.dialogue.replies import MAX_REPLY, Replies
from tests.dialogue.conftest import make_skills

_TEMPLATES = """
talk:
  en:
    language: en
    replies:
      hello: "Hello {{ name | the }}, it is {{ degrees | number }} degrees, in {{ seconds | duration }}."
      broken: "{{ name"
      fails: "{{ 1 / 0 }}"
      escape: "{{ name.__class__.__mro__ }}"
      loop: "{% for i in range(1000000000) %}x{% endfor %}"
      long: "{{ 'x' * 100000 }}"
      missing: "Hi {{ nobody.there }}!"
      english: "only English"
  de: {language: de, replies: {hello: "Hallo, {{ degrees | number }} Grad."}}
"""


@pytest.fixture
def replies() -> Replies:
    return Replies(make_skills(_TEMPLATES))


def test_values_are_spoken_nicely(replies: Replies) -> None:
    values = {"name": "lamp", "degrees": 21.0, "seconds": 3905}
    assert replies.render("talk", "hello", values, "en") == "Hello the lamp, it is 21 degrees, in 1 hour and 5 minutes."
    assert replies.render("talk", "hello", {"degrees": 21.5}, "de") == "Hallo, 21,5 Grad."


def test_a_language_without_the_reply_falls_back_to_english(replies: Replies) -> None:
    assert replies.render("talk", "english", {}, "de") == "only English"


def test_a_name_is_no_template(replies: Replies) -> None:
    text = replies.render("talk", "hello", {"name": "{{ 7 * 7 }}{% raw %}", "degrees": 1, "seconds": 1}, "en")
    assert "{{ 7 * 7 }}{% raw %}" in text
    assert "49" not in text


@pytest.mark.parametrize("key", ["fails", "escape", "loop"])
def test_what_a_template_must_not_do_gives_silence(replies: Replies, key: str) -> None:
    assert replies.render("talk", key, {"name": "x"}, "en") == ""


def test_what_is_missing_is_left_out(replies: Replies) -> None:
    assert replies.render("talk", "missing", {}, "en") == "Hi !"


def test_replies_are_bounded(replies: Replies) -> None:
    assert len(replies.render("talk", "long", {}, "en")) == MAX_REPLY


def test_a_key_without_template_is_said_as_it_is(replies: Replies) -> None:
    assert replies.render("talk", "Just words.", {}, "en") == "Just words."
    assert replies.render("nobody", "Words {{ 7 * 7 }}.", {}, "en") == "Words {{ 7 * 7 }}."


def test_the_dialogues_own_replies(replies: Replies) -> None:
    assert replies.own("which", "en", names=["lamp", "my fan"]) == "Which one: the lamp or my fan?"
    assert replies.own("unknown_name", "de", name="{{ x }}") == "Ich kenne nichts, das {{ x }} heißt."

import pytest

from hub.core.bundled import bundled
from hub.core.errors import ManifestError
from hub.core.settings import PluginSettings
from hub.plugins.discovery import find_skills
from hub.plugins.packages.reply_templates import check_replies
from hub.sdk.locale import Locale, read_locale


def check(text: str) -> None:
    check_replies(Locale(language="en", replies={"x": text}), "en.yaml")


def test_everything_that_the_hubs_own_skills_say_would_be_allowed() -> None:
    files = sorted(bundled("skills").glob("*/locale/*.yaml"))
    assert len(files) > 20
    for path in files:
        check_replies(read_locale(path), str(path))


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "{{ name | the | capitalize }} is {{ 'on' if value else 'off' }}.",
        "{% set words = {'a': 'b'} %}{% for t in things %}{{ words.get(t.a, t.b) }}{% endfor %}",
        "{% for t in things %}{% if t %}{% for f in t.facts %}{{ f }}{% endfor %}{% endif %}{% endfor %}",
        "{{ things | map(attribute='name') | listing }}",
    ],
)
def test_what_replies_need_is_allowed(text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'x' * 1000000000 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 9 ** 9999999 }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
        "{% for a in things %}{% for b in things %}x{% endfor %}{% endfor %}",
        "{% for a in things %}{% if a %}{% for b in things %}x{% endfor %}{% endif %}{% endfor %}",
        "{% for a in things recursive %}{{ loop(things) }}{% endfor %}",
        "{% for a in [things, things] %}x{% endfor %}",
        "{% for a in things | list %}x{% endfor %}",
        "{% set a = [a, a] | listing %}{% set a = [a, a] | listing %}{{ a }}",
        "{% set a = a ~ a %}",
        "{% for a in things %}{% set a = things %}{% for b in a %}x{% endfor %}{% endfor %}",
        "{% set a %}x{% endset %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{{ name | center(1000000000) }}",
        "{{ name | replace('a', 'aaaaaaaa') }}",
        "{{ names | map('center', 1000000000) | listing }}",
        "{{ names | join(name) }}",
        "{{ name.__class__.__mro__() }}",
        "{{ cycler() }}",
        "{{ unclosed",
        "x" * 5000,
        "{% for a in b %}x{% endfor %}" * 11,
    ],
)
def test_threat_37_what_would_not_end_or_would_grow_is_refused(text: str) -> None:
    with pytest.raises(ManifestError, match="the reply 'x'"):
        check(text)


def test_a_strangers_skill_with_such_a_reply_is_left_out(tmp_path, write_skill) -> None:
    write_skill("mine", "@skill.intent('go')\nasync def go(ctx):\n    return 'x'", bad="{{ 'x' * 1000000000 }}")
    [broken] = find_skills(PluginSettings(paths=(str(tmp_path),))).broken
    assert (broken.plugin, broken.error.code) == ("mine", "manifest")

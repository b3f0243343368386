"""Templates of strangers: what devices use works, what would hang, grow or escape is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mqtt_under_test.payload import Payload
from mqtt_under_test.templates import Template

from hub.core.errors import ProtocolError

STATE = Payload("a/b", b'{"a": 21.5, "l": [1, 2, 3], "s": "x", "deep": {"on": true}}')


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("{{ value_json.a }}", "21.5"),
        ("{{ value_json['l'] | join(',') }}", "1,2,3"),
        ("{{ value_json.a|float|round(0)|int * 2 }}", "44"),
        ("{% if value_json.a > 3 %}on{% else %}off{% endif %}", "on"),
        ("{{ 'ON' if value_json.deep.on else 'OFF' }}", "ON"),
        ("{{ iif(value_json.s == 'x', 'yes', 'no') }}", "yes"),
        ("{{ value_json.nope | default('none') }}", "none"),
        ("{% for i in value_json.l %}{{ loop.index }}:{{ i }};{% endfor %}", "1:1;2:2;3:3;"),
        (
            "{% set ns = namespace(x=0) %}{% for i in value_json.l %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }}",
            "6",
        ),
        ("{{ '%02d:%02d' | format(3, 4) }}", "03:04"),
        ("{{ '{:02x}'.format(255) }}", "ff"),
        ("{{ {'state': 'on', 'n': 2} | tojson }}", '{"state":"on","n":2}'),
        ("{{ value.split(',')[0][2:3] }}", "a"),
        ("{{ value_json.l[1:] }}", "[2, 3]"),
        ("{{ (value_json.a - 32) / 1.8 }}", "-5.833333333333333"),
        ("{{ value_json.missing }}", ""),
        ("{{ namespace.__init__ }}", ""),
        ("{{ 'a' ~ 1 ~ none }}", "a1None"),
    ],
)
def test_what_devices_write(source: str, result: str) -> None:
    assert Template(source).value(STATE) == result


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
        "{% for i in range(9999) %}{{ value ~ value ~ value ~ value }}{% endfor %}",
        "{{ 'a' * 10**9 }}",
        "{{ [1] * 10**9 }}",
        "{{ 9**9**9**9 }}",
        "{{ (2**64)**64 * (2**64)**64 }}",
        "{{ range(10**9) | list }}",
        "{% set a = 'aaaaaaaaaaaaaaaa' %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}",
        "{% set a = 'aaaaaaaaaaaaaaaa' %}" + "{% set a = a + a %}" * 40 + "{{ a }}",
        "{% set a = [1] %}" + "{% set a = [a, a] %}" * 60 + "{{ a }}",
        "{% set a = {'x': 1} %}" + "{% set a = {'x': a, 'y': a} %}" * 60 + "{{ a == a }}",
        "{% set n = namespace() %}{% set n.x = [n] %}{{ n.x }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ '%*d' % (1000000000, 1) }}",
        "{{ '{:>1000000000}'.format(1) }}",
        "{{ '{:{}}'.format(1, 10**9) }}",
        "{{ value | replace('', value) | replace('', value) | replace('', value) }}",
        "{{ value.ljust(10**9) }}",
        "{{ 'a' | center(1000000000) }}",
        "{{ lipsum(n=100000) }}",
        "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
        "{% for x in [[[]]] recursive %}{{ loop(x) }}{{ loop(x) }}{% endfor %}",
        "{% block a %}{{ self.a() }}{{ self.a() }}{% endblock %}",
        "{% set x %}{% for i in range(9999) %}{{ value }}{% endfor %}{% endset %}{{ x }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ ''['__class__'] }}{{ (''|attr('__class__')) }}",
        "{{ '{0.__class__}'.format(1) }}",
        "{{ '{0[__class__]}'.format(1) }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ self.__init__ }}{{ self._TemplateReference__context }}{{ self }}",
        "{{ value_json.update({}) }}{{ value_json.l.append(1) }}",
        "{{ value.encode() }}",
        "{{ range.__self__.globals }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% extends 'x' %}",
        "{{ 5 | __steps }}",
        "{% filter upper %}x{% endfilter %}",
        "{{ " + "(" * 500 + "1" + ")" * 500 + " }}",
        "{{ " + "not " * 1900 + "1 }}",
        "{% if 1 %}" * 300 + "{% endif %}" * 300,
        "x" * 10_000,
        "{{",
    ],
)
def test_threat_37_hostile_templates_end_in_a_typed_error(source: str) -> None:
    with pytest.raises(ProtocolError, match=r"^evil/topic: "):
        Template(source, "evil/topic").value(STATE)


def test_a_large_message_is_not_put_through_a_template() -> None:
    with pytest.raises(ProtocolError, match=r"big/topic"):
        Template("{{ value }}", "x").value(Payload("big/topic", b"x" * 300_000))


def test_attributes_of_text_are_no_way_out() -> None:
    assert "__subclasses__" not in Template("{{ ''.upper }}{{ [].index }}", "").place
    for name in ("__class__", "__init__", "format_map", "__getitem__", "_x", "mro"):
        try:
            text = Template(f"{{{{ ''.{name} }}}}").value(STATE)
        except ProtocolError:
            continue
        assert "class" not in text and "function" not in text


_PIECES = st.sampled_from(
    ["{{", "}}", "{%", "%}", "for", "in", "range", "(", ")", "[", "]", "9999", "**", "~", "|", "join", "format",
     "value",     "value_json", ".", "__class__", "set", "x", "=", "endfor", "'a'", "%", "if", "endif", "loop",
     "namespace", "*",
     ","]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=40).map(" ".join))
def test_any_template_renders_or_is_a_protocol_error(source: str) -> None:
    try:
        assert isinstance(Template(source, "t").value(STATE), str)
    except ProtocolError as error:
        assert error.place in ("t", "a/b")

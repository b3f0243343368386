"""What a stranger's reply may do: it is rendered inside the hub, so it must end soon and stay small.

Jinja's sandbox keeps a template from reaching anything, but not from running or growing without end. So loops go over
what the skill answered and over nothing that they made themselves, and nothing in a template makes text out of text.
"""

from collections.abc import Iterator
from typing import Final

from jinja2 import Environment, TemplateError, nodes

from hub.core.errors import ManifestError
from hub.sdk.locale import Locale
from hub.sdk.speech import speech_filters

_LONGEST: Final = 4000
_MOST_LOOPS: Final = 10
_HARMLESS: Final = (
    nodes.Template, nodes.TemplateData, nodes.Output, nodes.Name, nodes.NSRef, nodes.Const, nodes.If, nodes.CondExpr,
    nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Compare, nodes.Operand, nodes.Not, nodes.And, nodes.Or, nodes.Test,
    nodes.Dict, nodes.Pair, nodes.List, nodes.Tuple, nodes.Keyword,
)  # fmt: skip
_FILTERS: Final = frozenset(
    {"length", "count", "first", "last", "int", "float", "abs", "round", "upper", "lower", "capitalize", "default",
     *speech_filters("en")}
)  # fmt: skip
_REMEDY: Final = "see docs/skills.md, The words; work it out in skill.py and put the result in"


def check_replies(locale: Locale, place: str) -> None:
    """Raises `ManifestError` naming the reply that does what a reply may not."""
    environment = Environment(autoescape=False)  # noqa: S701 -- it is read, never rendered
    for key, text in locale.replies.items():
        try:
            troubles = ["it is too long"] if len(text) > _LONGEST else list(_troubles(environment.parse(text)))
        except (TemplateError, RecursionError) as error:
            troubles = [f"it is no template: {error}"]
        if troubles:
            raise ManifestError(f"the reply {key[:60]!r}: {troubles[0]}", place=place, remedy=_REMEDY)


def _troubles(tree: nodes.Template) -> Iterator[str]:
    if len(list(tree.find_all(nodes.For))) > _MOST_LOOPS:
        yield "it has too many loops"
    yield from _loops(tree, None)
    for node in tree.find_all(nodes.Node):
        if isinstance(node, nodes.Filter):
            yield from _filter(node)
        elif isinstance(node, nodes.Assign):
            if not isinstance(node.target, nodes.Name) or _worked_out(node.node):
                yield "{% set %} takes a table of words, and nothing that is worked out"
        elif isinstance(node, nodes.Call):
            if not (isinstance(node.node, nodes.Getattr) and node.node.attr == "get"):
                yield "it calls something"
        elif not isinstance(node, (*_HARMLESS, nodes.For)):
            yield f"{type(node).__name__} is not for replies"


def _worked_out(node: nodes.Node) -> bool:
    """Whether a value is more than words that stand in the template."""
    made = (nodes.Name, nodes.Filter)
    return isinstance(node, made) or any(True for _ in node.find_all(made))


def _filter(node: nodes.Filter) -> Iterator[str]:
    if node.name == "map":
        if node.args or [keyword.key for keyword in node.kwargs] != ["attribute"]:
            yield "map takes an attribute, and nothing else"
    elif node.name not in _FILTERS:
        yield f"there is no filter {node.name!r} for replies"


def _loops(node: nodes.Node, outer: str | None) -> Iterator[str]:
    """A loop inside another goes over a part of what the outer one is at, so that both together stay linear."""
    for child in node.iter_child_nodes():
        if not isinstance(child, nodes.For):
            yield from _loops(child, outer)
            continue
        part = child.iter
        while isinstance(part, nodes.Getattr | nodes.Getitem):
            part = part.node
        if child.recursive or not isinstance(part, nodes.Name) or not isinstance(child.target, nodes.Name):
            yield "a loop goes over a value, by one name"
        elif outer is not None and part.name != outer:
            yield f"a loop inside a loop goes over a part of {outer}"
        else:
            yield from _loops(child, child.target.name)

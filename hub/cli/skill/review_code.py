"""What `hearth skill check` reads in a skill's code: whether what it reaches for is in its manifest and its words."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from hub.plugins.discovery import FoundSkill
from hub.plugins.ports.broker import granted_ports

_PORTS: Final = ("say", "clock", "store", "fetch")
_HOME: Final = frozenset({"home.read", "home.control", "home.people"})
_CONTEXT: Final = ("ctx", "context")


class Problem(Struct, frozen=True, kw_only=True):
    """Something that is wrong, where, and what mends it. `serious` false: it would run all the same."""

    place: str
    problem: str
    remedy: str = ""
    serious: bool = True


def code_problems(found: FoundSkill, sources: Mapping[Path, str]) -> Iterator[Problem]:
    """All that can be told of the skill's modules, by file, without running them."""
    try:
        trees = {path: ast.parse(source) for path, source in sources.items()}
    except (SyntaxError, ValueError):
        return  # importing it says so, with the line
    nodes = [(path, node) for path, tree in trees.items() for node in ast.walk(tree)]
    yield from _ports(found, nodes)
    timers = {name for _, node in nodes for name in _named(node, "timer", 0)}
    for path, node in nodes:
        place = f"{path}:{getattr(node, 'lineno', 0)}"
        for key in (*_named(node, "reply", 0, of=_CONTEXT), *_named(node, "summarize", 1)):
            if not any(key in locale.replies for locale in found.words.locales.values()):
                remedy = "add it under replies: in the locale; without, the name itself is said"
                yield Problem(place=place, problem=f"there is no reply {key!r}", remedy=remedy)
        for name in (*_named(node, "after", 1, of=("clock",)), *_named(node, "at", 1, of=("clock",))):
            if name not in timers:
                remedy = f'decorate a function with @skill.timer("{name}")'
                yield Problem(place=place, problem=f"there is no timer handler {name!r}", remedy=remedy)
        for name in _settings(node):
            if name not in [setting.name for setting in found.manifest.setting]:
                remedy = f'add a [[setting]] name = "{name}" to skill.toml'
                yield Problem(place=place, problem=f"there is no setting {name!r}", remedy=remedy)


def _named(node: ast.AST, function: str, position: int, of: tuple[str, ...] = ()) -> Iterator[str]:
    """The text at `position` of a call of `function`; with `of`, as a method of something that is called so."""
    if not isinstance(node, ast.Call) or len(node.args) <= position:
        return
    called, argument = node.func, node.args[position]
    if isinstance(called, ast.Attribute):
        owner = called.value
        name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
        fits = called.attr == function and (not of or name in of)
    else:
        fits = isinstance(called, ast.Name) and called.id == function and not of
    if fits and isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value


def _settings(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "settings":
        of, key = node.value.value, node.slice
        if isinstance(of, ast.Name) and of.id in _CONTEXT and isinstance(key, ast.Constant):
            yield str(key.value)


def _ports(found: FoundSkill, nodes: list[tuple[Path, ast.AST]]) -> Iterator[Problem]:
    """Ports that the code reaches for and the manifest does not ask for, and the other way round."""
    granted = granted_ports(found.manifest.grant)
    used = {
        node.attr: f"{path}:{node.lineno}"
        for path, node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in _CONTEXT
    }
    for name, line in used.items():
        if (name in _PORTS and name not in granted) or (name == "home" and not granted & _HOME):
            port = "home.read" if name == "home" else name
            remedy = f'add a [[grant]] port = "{port}" to skill.toml'
            yield Problem(place=line, problem=f"ctx.{name} is not asked for", remedy=remedy)
    place = str(found.folder / "skill.toml")
    if "connect" in granted:
        yield Problem(place=place, problem="skills get no connect", remedy="ask for what docs/skills.md lists")
    for name in sorted(granted & set(_PORTS)):
        if name not in used:
            remedy = "ask for what is needed and nothing else"
            yield Problem(place=place, problem=f"{name} is asked for and not used", remedy=remedy, serious=False)

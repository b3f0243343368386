"""What `hearth skill check` looks at: manifest, words, sentences, code, and whether they fit each other."""

import ast
import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct

from hub.cli.skill.trial_home import demo_view, understood
from hub.core.errors import HearthError, SealError
from hub.core.settings import PluginSettings
from hub.dialogue.language import load_language
from hub.dialogue.sentences import Sentences
from hub.plugins.cage.cages import Cages
from hub.plugins.discovery import FoundSkill, check_words, find_skills, read_words
from hub.plugins.messages import Ready
from hub.plugins.ports.broker import granted_ports
from hub.plugins.skills.skill_trial import imported
from hub.sdk.manifest import SkillManifest, read_manifest

_PORTS: Final = ("say", "clock", "store", "fetch")
_HOME: Final = frozenset({"home.read", "home.control", "home.people"})


class Problem(Struct, frozen=True, kw_only=True):
    """Something that is wrong, where, and what mends it. `serious` false: it would run all the same."""

    place: str
    problem: str
    remedy: str = ""
    serious: bool = True


def review(folder: Path) -> list[Problem]:
    """Everything wrong with the skill in `folder`; its code is imported in a cage, and nowhere else."""
    try:
        manifest = read_manifest(folder / "skill.toml", SkillManifest)
        found = FoundSkill(folder, manifest, read_words(folder, manifest))
        check_words(found)
        source = found.code.read_text("utf-8")
    except (HearthError, OSError, UnicodeDecodeError) as error:
        return [_of(error, folder)]
    problems = [*_sentences(found), *_ports(found, source)]
    try:
        problems += _events(found, asyncio.run(imported(found, Cages())))
    except SealError as error:
        problems.append(_of(error, folder, serious=False))
    except HearthError as error:
        problems.append(_of(error, folder))
    return problems


def _events(found: FoundSkill, ready: Ready) -> Iterator[Problem]:
    """Events that the code handles and the manifest does not ask for, and the other way round."""
    asked = {name for grant in found.manifest.grant if grant.port == "events" for name in grant.only}
    for name in sorted(set(ready.events) - asked):
        remedy = f'add a [[grant]] port = "events", only = ["{name}"] to skill.toml'
        yield Problem(place=str(found.code), problem=f"{name} is not asked for", remedy=remedy)
    for name in sorted(asked - set(ready.events)):
        remedy = f"decorate a function with @skill.event({name})"
        place = str(found.folder / "skill.toml")
        yield Problem(place=place, problem=f"{name} is asked for and not used", remedy=remedy, serious=False)


def _of(error: Exception, folder: Path, *, serious: bool = True) -> Problem:
    if isinstance(error, HearthError):
        place = error.place or str(folder)
        return Problem(place=place, problem=error.message, remedy=error.remedy, serious=serious)
    return Problem(place=str(folder), problem=str(error), remedy="put the file there", serious=serious)


def _sentences(found: FoundSkill) -> Iterator[Problem]:
    """Sentences that cannot be understood, and examples that mean something else beside the hub's own skills."""
    home = demo_view()
    others = tuple(f.words for f in find_skills(PluginSettings()).plugins if f.manifest.id != found.manifest.id)
    for language, locale in found.words.locales.items():
        place = str(found.folder / "locale" / f"{language}.yaml")
        problems = Sentences(load_language(language), [found.words]).problems
        if problems:
            yield Problem(place=place, problem="; ".join(problems.values()), remedy="see docs/skills.md, The words")
            continue
        for intent, words in locale.intents.items():
            for example in words.examples:
                meaning = understood(example, found.words, home, others=others, area="living_room", language=language)
                if meaning is None or meaning.name != f"{found.manifest.id}.{intent}":
                    taken = f"means {meaning.name}" if meaning else "is not understood"
                    remedy = f"no sentence of {intent} says it so; mend the sentence or the example"
                    yield Problem(place=place, problem=f"{example!r} {taken}", remedy=remedy)


def _ports(found: FoundSkill, source: str) -> Iterator[Problem]:
    """Ports that the code reaches for and the manifest does not ask for, and the other way round."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return  # importing it says so, with the line
    granted = granted_ports(found.manifest.grant)
    used = {
        node.attr: node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("ctx", "context")
    }
    for name, line in used.items():
        if (name in _PORTS and name not in granted) or (name == "home" and not granted & _HOME):
            port = "home.read" if name == "home" else name
            remedy = f'add a [[grant]] port = "{port}" to skill.toml'
            yield Problem(place=f"{found.code}:{line}", problem=f"ctx.{name} is not asked for", remedy=remedy)
    place = str(found.folder / "skill.toml")
    if "connect" in granted:
        yield Problem(place=place, problem="skills get no connect", remedy="ask for what docs/skills.md lists")
    for name in sorted(granted & set(_PORTS)):
        if name not in used:
            remedy = "ask for what is needed and nothing else"
            yield Problem(place=place, problem=f"{name} is asked for and not used", remedy=remedy, serious=False)

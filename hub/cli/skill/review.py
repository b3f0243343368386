"""What `hearth skill check` looks at: manifest, words, sentences, code, and whether they fit each other."""

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path

from hub.cli.skill.review_code import Problem, code_problems
from hub.cli.skill.trial_home import demo_view, understood
from hub.core.errors import HearthError, SealError
from hub.core.settings import PluginSettings
from hub.dialogue.language import load_language
from hub.dialogue.sentences import Sentences
from hub.plugins.cage.cages import Cages
from hub.plugins.discovery import FoundSkill, check_words, find_skills, read_words
from hub.plugins.messages import Ready
from hub.plugins.skills.skill_trial import imported
from hub.plugins.wheels import impure_wheels
from hub.sdk.locale import SkillWords
from hub.sdk.manifest import SkillManifest, read_manifest


def review(folder: Path) -> list[Problem]:
    """Everything wrong with the skill in `folder`; its code is imported in a cage, and nowhere else."""
    try:
        manifest = read_manifest(folder / "skill.toml", SkillManifest)
        found = FoundSkill(folder, manifest, read_words(folder, manifest))
        check_words(found)
        sources = {path: path.read_text("utf-8") for path in (found.code, *sorted(folder.glob("*.py")))}
    except (HearthError, OSError, UnicodeDecodeError) as error:
        return [_of(error, folder)]
    here = folder.resolve()
    others = [one for one in find_skills(PluginSettings()).plugins if one.folder.resolve() != here]
    problems = [*_folder(found, others), *_sentences(found, others), *_languages(found), *code_problems(found, sources)]
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


def _folder(found: FoundSkill, others: Iterable[FoundSkill]) -> Iterator[Problem]:
    """A name that is taken, and libraries that cannot be imported as they are."""
    place = str(found.folder / "skill.toml")
    if found.manifest.id in [other.manifest.id for other in others]:
        yield Problem(place=place, problem=f"the hub has a skill {found.manifest.id!r} of its own", remedy="rename it")
    for wheel in impure_wheels(found.folder):
        remedy = "take one whose name ends in -none-any.whl, or do without"
        yield Problem(place=str(wheel), problem="it is not pure Python", remedy=remedy)


def _languages(found: FoundSkill) -> Iterator[Problem]:
    """What one language has and another lacks, and words that nobody reads."""
    folder, locales = found.folder / "locale", found.words.locales
    for path in sorted(folder.glob("*.yaml")):
        if path.stem not in locales:
            remedy = f'add "{path.stem}" to languages in skill.toml'
            yield Problem(place=str(path), problem="it is not read", remedy=remedy, serious=False)
    for kind in ("intents", "replies"):
        every = {name: language for language, locale in locales.items() for name in getattr(locale, kind)}
        for language, locale in locales.items():
            for name in sorted(every.keys() - getattr(locale, kind).keys()):
                problem = f"{name!r} of {every[name]}.yaml is missing under {kind}"
                yield Problem(place=str(folder / f"{language}.yaml"), problem=problem, remedy="add it", serious=False)


def _sentences(found: FoundSkill, hub: Iterable[FoundSkill]) -> Iterator[Problem]:
    """Sentences that cannot be understood, and examples that mean something else beside the hub's own skills."""
    home = demo_view()
    others = tuple(f.words for f in hub if f.manifest.id != found.manifest.id)
    nobody = SkillWords(skill=found.manifest.id, locales={})
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
                    continue
                meant = understood(example, nobody, home, others=others, area="living_room", language=language)
                if meant is not None:
                    problem = f"{example!r} means {meant.name} where this skill is not"
                    remedy = "say it so that both can be said, or this skill takes it away"
                    yield Problem(place=place, problem=problem, remedy=remedy, serious=False)

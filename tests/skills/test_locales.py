"""Every bundled skill: manifest, code and words agree, in both languages."""

import ast
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_type_hints

import jinja2
import pytest
from jinja2 import meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from hub.core.bundled import bundled
from hub.core.entities import HomeView
from hub.dialogue.language import languages
from hub.dialogue.matcher import Matcher
from hub.dialogue.meanings import Understood
from hub.dialogue.targets import Surroundings
from hub.sdk.intents import Target
from hub.sdk.locale import Locale, read_locale
from hub.sdk.manifest import SkillManifest, read_manifest
from hub.sdk.speech import speech_filters
from hub.sdk.testing import load_skill

FOLDERS = sorted(p.parent for p in bundled("skills").glob("*/skill.toml"))
LOCALES = [pytest.param(f, p.stem, id=f"{f.name}-{p.stem}") for f in FOLDERS for p in sorted(f.glob("locale/*.yaml"))]
SLOT = re.compile(r"\{([^{}]*)\}")
IN_THE_LIVING_ROOM = Surroundings(area="living_room", last=("light.kitchen",), kinds=("light",))


def locale(folder: Path, language: str) -> Locale:
    return read_locale(folder / "locale" / f"{language}.yaml")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_manifest_code_and_languages_agree(folder: Path) -> None:
    manifest = read_manifest(folder / "skill.toml", SkillManifest)
    assert manifest.id == folder.name
    assert all(len(grant.why) > 10 for grant in manifest.grant)
    handlers = set(load_skill(folder).intents)
    english = locale(folder, "en")
    for language in manifest.languages:
        words = locale(folder, language)
        assert words.language == language
        assert set(words.intents) == handlers, language
        assert set(words.replies) == set(english.replies), language
        for name, intent in words.intents.items():
            assert intent.examples, f"{name} has no example"
            assert intent.target == english.intents[name].target, f"{name} means other things in {language}"
            assert intent.slots == english.intents[name].slots, f"{name} sets other slots in {language}"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_only_needed_ports_are_asked_for(folder: Path) -> None:
    manifest = read_manifest(folder / "skill.toml", SkillManifest)
    code = (folder / "skill.py").read_text("utf-8")
    used = set(re.findall(r"ctx\.(home|say|clock|store)\b", code))
    granted = {grant.port.partition(".")[0] for grant in manifest.grant}
    reads_by_summary = {"home"} if "summarize(" in code else set()
    assert granted == used | reads_by_summary
    assert ("home.control" in {g.port for g in manifest.grant}) == ("home.command(" in code)


@pytest.mark.parametrize(("folder", "language"), LOCALES)
def test_every_sentence_gives_what_its_handler_needs(folder: Path, language: str) -> None:
    skill = load_skill(folder)
    words = locale(folder, language)
    for name, intent in words.intents.items():
        handler = skill.intents[name]
        hints = get_type_hints(handler)
        parameters = dict(list(inspect.signature(handler).parameters.items())[1:])
        takes_target = any(hints.get(p) in (Target, Target | None) for p in parameters)
        for sentence in intent.sentences:
            slots = _slots(sentence, words)
            given = slots | set(intent.slots)
            needed = {p for p, v in parameters.items() if v.default is v.empty}
            assert needed <= given, f"{name}: {sentence!r} lacks {needed - given}"
            unheard = slots - set(parameters) - ({"area"} if takes_target and "target" in slots else set())
            assert not unheard, f"{name}: nobody listens to {unheard} of {sentence!r}"


def _slots(template: str, words: Locale) -> set[str]:
    for _ in range(5):
        template = re.sub(r"<([^<>]*)>", lambda m: words.expansions.get(m[1], "{place:area}"), template)
    return {m[1].rpartition(":")[2] for m in SLOT.finditer(template)}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_every_reply_is_used_and_every_used_reply_is_there(folder: Path) -> None:
    words = locale(folder, "en")
    code = (folder / "skill.py").read_text("utf-8")
    constants = {n.value for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    slots = {v for intent in words.intents.values() for v in intent.slots.values() if isinstance(v, str)}
    spoken = {"nothing"} if "summarize(" in code else set()
    lowered = {s.lower() for s in constants | slots}
    assert set(words.replies) <= lowered | spoken, "a reply that nobody gives"
    called = set(re.findall(r'(?:ctx\.reply|summarize)\((?:ctx, )?"(\w+)"', code)) | spoken
    assert called <= set(words.replies)


@pytest.mark.parametrize(("folder", "language"), LOCALES)
def test_replies_are_sound_templates(folder: Path, language: str) -> None:
    environment = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined)
    environment.filters.update(speech_filters(language))
    english = locale(folder, "en").replies
    for key, template in locale(folder, language).replies.items():
        environment.from_string(template)
        variables = meta.find_undeclared_variables(environment.parse(template))
        assert variables <= meta.find_undeclared_variables(environment.parse(english[key])), key


@pytest.mark.parametrize(("folder", "language"), LOCALES)
def test_every_example_is_understood_as_its_intent(
    folder: Path, language: str, matcher: Callable[..., Matcher], demo_home: HomeView
) -> None:
    if language not in languages():
        pytest.skip(f"the dialogue has no file for {language} yet")
    wrong: dict[str, Any] = {}
    for name, intent in locale(folder, language).intents.items():
        for example in intent.examples:
            outcome = matcher(language).match(example, IN_THE_LIVING_ROOM)
            meaning = outcome.meaning if isinstance(outcome, Understood) else None
            exact = meaning is not None and meaning.name == f"{folder.name}.{name}" and meaning.cost == 0
            if not exact:
                wrong[f"{name}: {example}"] = meaning.name if meaning else outcome
    assert wrong == {}

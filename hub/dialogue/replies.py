"""Replies: templates of the skills and of the language, rendered in a sandbox. Names and values are data in them."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import structlog
from jinja2 import ChainableUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from hub.dialogue.language import load_language
from hub.dialogue.sentences import OWN
from hub.sdk.locale import SkillWords
from hub.sdk.speech import speech_filters

MAX_REPLY: Final = 1000
"""Characters that the hub says at most in one go."""
_FALLBACK: Final = "en"
log = structlog.get_logger(__name__)


class Replies:
    """Renders replies by skill, key and language."""

    def __init__(self, skills: Iterable[SkillWords]) -> None:
        self._locales = {skill.skill: skill.locales for skill in skills}
        self._environments: dict[str, ImmutableSandboxedEnvironment] = {}
        self._templates: dict[tuple[str, str, str], Template | None] = {}

    def render(self, skill: str, key: str, values: Mapping[str, Any], language: str) -> str:
        """The reply `key` of `skill` (or of the dialogue itself: "dialogue"), empty when it fails to render.

        A key that the skill has no template for is said as it is: then the skill gave its own words.
        """
        template = self._template(skill, key, language)
        if template is None:
            return plain(key)
        try:
            return plain(template.render(dict(values)))
        except Exception as error:  # a stranger's template can raise anything
            log.warning("reply does not render", skill=skill, key=key, error=f"{type(error).__name__}: {error}"[:200])
            return ""

    def own(self, key: str, language: str, **values: Any) -> str:
        """A reply of the dialogue itself."""
        return self.render(OWN, key, values, language)

    def has_own(self, key: str, language: str) -> bool:
        """Whether the language has a reply `key`."""
        return self._source(OWN, key, language) is not None

    def _template(self, skill: str, key: str, language: str) -> Template | None:
        at = (skill, key, language)
        if at not in self._templates:
            source = self._source(skill, key, language)
            if source is None:
                return None  # keys that nobody wrote are not remembered: they may be anything
            try:
                self._templates[at] = self._environment(language).from_string(source)
            except TemplateError as error:
                log.warning("reply is no template", skill=skill, key=key, error=str(error)[:200])
                self._templates[at] = None
        return self._templates[at]

    def _source(self, skill: str, key: str, language: str) -> str | None:
        for code in (language, _FALLBACK):
            if skill == OWN:
                replies: Mapping[str, str] = load_language(code).replies
            else:
                locale = self._locales.get(skill, {}).get(code)
                replies = locale.replies if locale else {}
            if key in replies:
                return replies[key]
        return None

    def _environment(self, language: str) -> ImmutableSandboxedEnvironment:
        found = self._environments.get(language)
        if found is None:
            found = ImmutableSandboxedEnvironment(undefined=ChainableUndefined, autoescape=False)
            found.filters.update(speech_filters(language))
            self._environments[language] = found
        return found


def plain(text: str) -> str:
    """One line of bounded length."""
    return " ".join(text[: 4 * MAX_REPLY].split())[:MAX_REPLY]

"""The grammars in service, one a language: built off the event loop, and replaced when the home or the skills change.

While a new one is being built the old one serves.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from hub.core.bus import Bus
from hub.core.cancelled import cancelled
from hub.core.entities import Entity, HomeView
from hub.core.events import HomeChanged, PluginFailed
from hub.dialogue.home_grammar import HomeGrammar
from hub.dialogue.language import load_language
from hub.dialogue.matcher import Matcher
from hub.dialogue.sentences import Sentences
from hub.sdk.locale import SkillWords

QUIET_SECONDS: Final = 0.2
"""A burst of changes (a broker's discovery) makes one new grammar, this long after its last."""
LONGEST_WAIT: Final = 2.0
"""A home that never stops changing is still heard under its new names after this long."""
log = structlog.get_logger(__name__)


class Grammars:
    """Builds matchers and keeps them fresh. `changed` is called with every new grammar, on the event loop."""

    def __init__(
        self,
        bus: Bus,
        home: Callable[[], HomeView],
        words: Callable[[], Sequence[SkillWords]],
        *,
        exposed: Callable[[Entity], bool] | None = None,
        changed: Callable[[HomeGrammar], None] | None = None,
    ) -> None:
        self._bus, self._home, self._words = bus, home, words
        self._exposed, self._changed = exposed, changed
        self._matchers: dict[str, Matcher] = {}
        self._sentences: dict[str, Sentences] = {}
        self._building = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._dirty = asyncio.Event()
        self.current = False
        """Whether every name that the home has now is in the grammars in service."""
        self._cancel: Callable[[], None] | None = None

    async def start(self) -> None:
        """Build the grammar of the home's language and follow its changes."""
        self._cancel = self._bus.subscribe(HomeChanged, self._note)
        await self._build(self._home().language)
        self.current = not self._dirty.is_set()
        self._task = asyncio.get_running_loop().create_task(self._follow(), name="dialogue:grammars")

    async def close(self) -> None:
        """Stop following."""
        if self._cancel is not None:
            self._cancel()
        await cancelled(self._task)

    async def matcher(self, language: str) -> Matcher:
        """The matcher in service for `language`, built if there is none. Raises `ManifestError` for no language."""
        found = self._matchers.get(language)
        return found if found is not None else await self._build(language, missing=True)

    def grammar(self, language: str) -> HomeGrammar | None:
        """The grammar in service."""
        found = self._matchers.get(language)
        return None if found is None else found.grammar

    async def reload(self) -> None:
        """Read the skills' words again and rebuild: after a skill was added or removed."""
        async with self._building:  # one that is being built still has the old words
            self._sentences.clear()
        for language in list(self._matchers) or [self._home().language]:
            await self._build(language)

    def _note(self, _event: HomeChanged) -> None:
        self.current = False
        self._dirty.set()

    async def _follow(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._dirty.wait()
            latest = loop.time() + LONGEST_WAIT
            while self._dirty.is_set() and loop.time() < latest:
                self._dirty.clear()
                await asyncio.sleep(QUIET_SECONDS)
            self._dirty.clear()
            built = [await self._rebuilt(language) for language in list(self._matchers)]
            self.current = all(built) and not self._dirty.is_set()

    async def _rebuilt(self, language: str) -> bool:
        try:
            await self._build(language)
        except Exception:
            log.exception("the grammar could not be rebuilt; the old one serves on", language=language)
            return False
        return True

    async def _build(self, language: str, *, missing: bool = False) -> Matcher:
        async with self._building:
            if missing and language in self._matchers:
                return self._matchers[language]
            fresh = language not in self._sentences
            matcher = await asyncio.to_thread(self._make, language, self._home())
            self._matchers[language] = matcher
            for skill, problem in matcher.grammar.sentences.problems.items() if fresh else ():
                self._bus.publish(PluginFailed(plugin=skill, error=problem))
            if self._changed is not None:
                self._changed(matcher.grammar)
            return matcher

    def _make(self, language: str, home: HomeView) -> Matcher:
        sentences = self._sentences.get(language)
        if sentences is None:
            sentences = self._sentences[language] = Sentences(load_language(language), self._words())
        grammar = HomeGrammar(home, sentences) if self._exposed is None else HomeGrammar(home, sentences, self._exposed)
        matcher = Matcher(grammar)
        _ = matcher.mender  # made here, not when the first slip is heard
        return matcher

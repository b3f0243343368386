"""Feeds a recogniser the sentences of every new grammar, built off the event loop; only the newest matters.

What this home is asked for most is made likelier; when that changes, the same grammar is built and handed over anew.
"""

import asyncio
from collections.abc import Awaitable, Callable

from hub.dialogue.home_grammar import HomeGrammar
from hub.dialogue.speech_grammar import Priors
from hub.dialogue.spoken_grammar import spoken_grammar
from hub.perception.speech.grammar import SpeechGrammar


class GrammarFeed:
    """Keep `run` under a supervisor; `first` is set once the recogniser has a grammar.

    `priors` gives how often what is said in the home of a grammar; `pointing` says that a camera looks for hands.
    """

    def __init__(
        self,
        set_grammar: Callable[[SpeechGrammar], Awaitable[None]],
        priors: Callable[[HomeGrammar], Priors] | None = None,
        *,
        pointing: bool = False,
    ) -> None:
        self._set_grammar = set_grammar
        self._pointing = pointing
        self._priors = priors
        self._newest: HomeGrammar | None = None
        self._in_use: HomeGrammar | None = None
        self._arrived = asyncio.Event()
        self.first = asyncio.Event()

    def take(self, grammar: HomeGrammar) -> None:
        """Pass `grammar` on, when it is in the language that is spoken at home."""
        if grammar.language.language == grammar.home.language:
            self._newest = grammar
            self._arrived.set()

    def refresh(self) -> None:
        """Build the grammar in use anew, because its priors have changed. The old one serves meanwhile."""
        if self._newest is not None:
            self._arrived.set()

    def listening(self) -> bool:
        """Whether the recogniser has a grammar."""
        return self.first.is_set()

    @property
    def current(self) -> bool:
        """Whether the recogniser has the newest grammar that was taken."""
        return self._in_use is not None and self._in_use is self._newest

    async def run(self) -> None:
        """Build and hand over, for ever. Raises what the recogniser says of a grammar that it cannot use."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            newest = self._newest
            assert newest is not None
            try:
                await self._hand_over(newest)
            except BaseException:
                self._arrived.set()  # whoever runs this again begins with what was not taken
                raise
            self._in_use = newest
            self.first.set()

    async def _hand_over(self, grammar: HomeGrammar) -> None:
        priors = self._priors(grammar) if self._priors is not None else None
        built = await asyncio.to_thread(spoken_grammar, grammar, priors, pointing=self._pointing)
        await self._set_grammar(built)

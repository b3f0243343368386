"""What a recogniser of a home's sentences needs to know: the words, how they sound, how they may follow each other."""

from functools import cached_property

import msgspec
from msgspec import Struct

from hub.core.errors import ProtocolError
from hub.perception.speech.automaton import Automaton

_MAX_ARCS = 4_000_000


class SpeechGrammar(Struct, frozen=True, kw_only=True, dict=True, array_like=True):
    """A home's sentences as a finite-state grammar; crosses to the worker as MessagePack (`encode`, `decode`).

    State 0 is the start. `arcs` are (from, to, index into `words`, cost), `finals` (state, cost of ending there);
    costs are -1000 ln p. `pronunciations` gives for each word its phones in ARPAbet, the likeliest first.
    `joiner` is a word that begins another command after a whole one ("and"); empty: one command a sentence.
    `opposites` are groups of words that must not be taken for each other ("on", "off").
    """

    language: str = "en"
    words: tuple[str, ...] = ()
    arcs: tuple[tuple[int, int, int, int], ...] = ()
    finals: tuple[tuple[int, int], ...] = ()
    pronunciations: dict[str, tuple[str, ...]] = {}
    joiner: str = ""
    opposites: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def of(
        cls, automaton: Automaton, pronunciations: dict[str, tuple[str, ...]], *, language: str = "en", joiner: str = ""
    ) -> "SpeechGrammar":
        """The grammar of an automaton's sentences. Every word of it must be in `pronunciations`."""
        words = sorted({word for arcs in automaton.arcs for word, _, _ in arcs} | ({joiner} if joiner else set()))
        index = {word: n for n, word in enumerate(words)}
        return cls(
            language=language,
            words=tuple(words),
            arcs=tuple(
                (state, target, index[word], cost)
                for state, arcs in enumerate(automaton.arcs)
                for word, target, cost in arcs
            ),
            finals=tuple(sorted(automaton.finals.items())),
            pronunciations={word: pronunciations[word] for word in words},
            joiner=joiner,
        )

    def sayable(self) -> "SpeechGrammar":
        """Without the sentences of words that nobody here can pronounce, such as a name in another script."""
        mute = {number for number, word in enumerate(self.words) if not self.pronunciations[word]}
        if not mute:
            return self
        spoken = [arc for arc in self.arcs if arc[2] not in mute]
        sources: dict[int, list[int]] = {}
        for source, target, _, _ in spoken:
            sources.setdefault(target, []).append(source)
        leading = {state for state, _ in self.finals}
        waiting = list(leading)
        while waiting:
            fresh = [source for source in sources.get(waiting.pop(), ()) if source not in leading]
            leading.update(fresh)
            waiting.extend(fresh)
        arcs = tuple(arc for arc in spoken if arc[1] in leading)
        return msgspec.structs.replace(self, arcs=arcs, joiner=self.joiner if self._pronounced(self.joiner) else "")

    def _pronounced(self, word: str) -> bool:
        return bool(self.pronunciations.get(word))

    @cached_property
    def states(self) -> int:
        """How many states there are."""
        return 1 + max((max(source, target) for source, target, _, _ in self.arcs), default=0)

    @cached_property
    def _next(self) -> dict[tuple[int, str], int]:
        return {(source, self.words[word]): target for source, target, word, _ in self.arcs}

    @cached_property
    def _ends(self) -> frozenset[int]:
        return frozenset(state for state, _ in self.finals)

    @cached_property
    def _continues(self) -> frozenset[int]:
        return frozenset(source for source, _, _, _ in self.arcs)

    def ending(self, words: tuple[str, ...] | list[str]) -> "Ending":
        """Whether these words are a whole command, and whether a longer one begins with them."""
        states = {0}
        for word in words:
            after = {target for state in states if (target := self._next.get((state, word))) is not None}
            if word == self.joiner and states & self._ends:
                after.add(0)
            states = after
        whole = bool(states & self._ends) and bool(words)
        return Ending(whole=whole, longer=bool(states & self._continues))

    def encode(self) -> bytes:
        """As MessagePack."""
        return msgspec.msgpack.encode(self)

    @staticmethod
    def decode(data: bytes) -> "SpeechGrammar":
        """What `encode` wrote; raises `ProtocolError` when it is no such thing or points outside itself."""
        try:
            grammar = msgspec.msgpack.decode(data, type=SpeechGrammar)
        except msgspec.DecodeError as error:
            raise ProtocolError(
                f"not a speech grammar: {error}", remedy="hub and worker must be one version"
            ) from error
        words = len(grammar.words)
        sound = len(grammar.arcs) <= _MAX_ARCS and all(
            0 <= source < _MAX_ARCS and 0 <= target < _MAX_ARCS and 0 <= word < words and cost >= 0
            for source, target, word, cost in grammar.arcs
        )
        if not sound or any(word not in grammar.pronunciations for word in grammar.words):
            raise ProtocolError("a speech grammar that points outside itself", remedy="rebuild it")
        return grammar


class Ending(Struct, frozen=True):
    """`whole`: the words are a command. `longer`: a longer command begins with them ("turn on the light | in here")."""

    whole: bool
    longer: bool

"""What the recogniser is given of a home that changes, and whether it has it yet."""

import asyncio

import pytest

from hub.core.errors import ModelError
from hub.dialogue.grammar_feed import GrammarFeed
from hub.dialogue.home_grammar import HomeGrammar
from hub.dialogue.language import load_language
from hub.dialogue.sentences import Sentences
from hub.perception.speech.grammar import SpeechGrammar
from tests.dialogue.conftest import LIGHT, entity, make_home, make_skills


def _grammar(name: str) -> HomeGrammar:
    home = make_home(entity("light.new", name, "bedroom", LIGHT))
    return HomeGrammar(home, Sentences(load_language("en"), make_skills()))


async def test_the_feed_is_current_only_while_the_recogniser_has_the_newest_grammar() -> None:
    given: list[SpeechGrammar] = []
    free = asyncio.Event()

    async def slow_recogniser(grammar: SpeechGrammar) -> None:
        await free.wait()
        given.append(grammar)

    feed = GrammarFeed(slow_recogniser)
    running = asyncio.create_task(feed.run())
    try:
        assert not feed.listening()
        feed.take(_grammar("disco ball"))
        await asyncio.sleep(0.01)
        assert not feed.current
        free.set()
        async with asyncio.timeout(10):
            await feed.first.wait()
        assert feed.listening() and feed.current
        assert "disco" in given[0].words

        free.clear()
        feed.take(_grammar("mirror"))
        assert feed.listening() and not feed.current
        free.set()
        async with asyncio.timeout(10):
            while not feed.current:
                await asyncio.sleep(0.01)
        assert "mirror" in given[-1].words
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_grammar_that_was_not_taken_is_handed_over_again() -> None:
    """A worker that died over it must not leave the home deaf until its next change."""
    given: list[SpeechGrammar] = []
    broken = [True]

    async def recogniser(grammar: SpeechGrammar) -> None:
        if broken:
            broken.pop()
            raise ModelError("the grammar cannot be used")
        given.append(grammar)

    feed = GrammarFeed(recogniser)
    feed.take(_grammar("disco ball"))
    with pytest.raises(ModelError):
        await feed.run()
    again = asyncio.create_task(feed.run())  # as its supervisor does
    try:
        async with asyncio.timeout(10):
            await feed.first.wait()
    finally:
        again.cancel()
        await asyncio.gather(again, return_exceptions=True)
    assert "disco" in given[0].words

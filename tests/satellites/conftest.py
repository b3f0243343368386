"""Ears, a dialogue and a voice with known answers."""

import pytest

from tests.satellites.scripted import ScriptedDialogue, ScriptedEars, ScriptedVoice


@pytest.fixture
def ears() -> ScriptedEars:
    return ScriptedEars()


@pytest.fixture
def dialogue() -> ScriptedDialogue:
    return ScriptedDialogue()


@pytest.fixture
def voice() -> ScriptedVoice:
    return ScriptedVoice()

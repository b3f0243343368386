from pathlib import Path

import pytest

from hub.core.errors import HearthError, ModelError, NotFoundError
from hub.core.settings import HomeSettings, Settings, VoiceSettings, WakeWordSettings
from hub.inference.store import ModelStore
from hub.perception.ears.build import ears_config
from hub.perception.ears.config import EarsConfig


@pytest.fixture(scope="module")
def models() -> ModelStore:
    store = ModelStore()
    try:
        for name in ("openwakeword", "silero-vad", "pocketsphinx-en-us", "microwakeword"):
            store.folder(name)
    except HearthError as error:
        pytest.skip(f"a model is not here: {error}")
    return store


def config(models: ModelStore, settings: Settings) -> EarsConfig:
    return ears_config(settings, models)[0]


def test_the_settings_say_which_words_and_how(models: ModelStore) -> None:
    settings = Settings(
        wake=(WakeWordSettings(model="alexa", threshold=0.7, verify=False), WakeWordSettings(model="okay_nabu")),
        voice=VoiceSettings(silence_ms=900, early_end=False),
    )
    made = config(models, settings)
    alexa, nabu = made.words["alexa"], made.words["okay_nabu"]
    assert (alexa.engine, alexa.phrase, alexa.threshold, alexa.verify) == ("openwakeword", "alexa", 0.7, False)
    assert nabu.engine == "microwakeword"
    assert nabu.threshold != 0.5  # the model's own, since nobody chose one
    assert (made.turn.silence_s, made.turn.early_end) == (0.9, False)


def test_the_worker_may_read_what_it_is_told_of_and_no_more(models: ModelStore) -> None:
    settings = Settings(wake=(WakeWordSettings(model="hey_jarvis"), WakeWordSettings(model="okay_nabu")))
    made, readable = ears_config(settings, models)
    told = {made.mel, made.embedding, made.vad, made.acoustic_model, *(w.model for w in made.words.values())}
    told.add(str(Path(made.words["okay_nabu"].model).with_suffix(".json")))
    assert {str(path) for path in readable} == told
    assert all(path.exists() for path in readable)


def test_unknown_names_are_answered_with_the_known(models: ModelStore) -> None:
    with pytest.raises(NotFoundError, match=r"'computer'.*hey_jarvis"):
        config(models, Settings(wake=(WakeWordSettings(model="computer"),)))
    with pytest.raises(NotFoundError, match=r"'cloud'.*grammar"):
        config(models, Settings(voice=VoiceSettings(recognizer="cloud")))


def test_a_whisper_that_is_not_here_is_named(models: ModelStore) -> None:
    with pytest.raises((ModelError, NotFoundError), match=r"faster-whisper-nonesuch"):
        config(models, Settings(voice=VoiceSettings(recognizer="whisper:nonesuch")))


def test_the_grammar_is_the_default(models: ModelStore) -> None:
    for recognizer in ("auto", "grammar"):
        made = config(models, Settings(voice=VoiceSettings(recognizer=recognizer)))
        assert made.whisper == ""
        assert (Path(made.acoustic_model) / "mdef").is_file()


@pytest.mark.parametrize("recognizer", ["auto", "grammar"])
def test_a_language_that_nothing_here_recognises_is_said_at_once(models: ModelStore, recognizer: str) -> None:
    settings = Settings(home=HomeSettings(language="de"), voice=VoiceSettings(recognizer=recognizer))
    with pytest.raises(ModelError, match=r"'de'.*language = \"en\""):
        config(models, settings)

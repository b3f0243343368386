"""Loading what the ears need, inside the sealed worker: nothing here opens more than the files that it was told."""

from pathlib import Path
from typing import Final

from hub.core.errors import ModelError
from hub.inference.providers import choose
from hub.inference.sessions import Sessions
from hub.inference.threads import ThreadBudget
from hub.perception.ears.config import EarsConfig
from hub.perception.ears.engines import WakeEngines
from hub.perception.ears.pipeline import EarsPipeline
from hub.perception.speech.recognizer import Recognizer
from hub.perception.vad.silero import SileroVad
from hub.perception.wake.detection import WakeEngine
from hub.perception.wake.moment import Confirm
from hub.perception.wake.spotter import WakeModels, WakeSpotter
from hub.perception.wake.verify import second_stages

_WHISPER_THREADS: Final = 4
"""More than these hardly make it faster; it is CTranslate2's own choice too."""


def build_pipeline(config: EarsConfig) -> EarsPipeline:
    """The pipeline of `config`'s models. Raises `ModelError` when one cannot be loaded."""
    vad = Path(config.vad) if config.vad else None
    SileroVad(vad)  # says at once what is wrong with it
    budget = ThreadBudget(config.threads)
    return EarsPipeline(
        WakeEngines(_wake_engines(config, budget)),
        _recognizer(config, budget),
        lambda: SileroVad(vad),
        turn=config.turn,
        phrases={word: about.phrase for word, about in config.words.items()},
    )


def _wake_engines(config: EarsConfig, budget: ThreadBudget) -> list[WakeEngine]:
    verified = [word for word, about in config.words.items() if about.verify]
    confirm = second_stages(Path(config.acoustic_model), verified) if config.acoustic_model else {}
    engines: list[WakeEngine] = []
    own = {word: Path(about.model) for word, about in config.words.items() if about.engine == "openwakeword"}
    if own:
        models = WakeModels(Path(config.mel), Path(config.embedding), own)
        sessions = Sessions(budget, choose(config.provider))
        engines.append(WakeSpotter(models, sessions=sessions, confirm=_of(own, confirm)))
    micro = {word: Path(about.model) for word, about in config.words.items() if about.engine == "microwakeword"}
    if micro:
        from hub.perception.wake.micro import MicroModel, MicroSpotter

        files = {word: MicroModel(path, path.with_suffix(".json")) for word, path in micro.items()}
        engines.append(MicroSpotter(files, confirm=_of(micro, confirm)))
    return engines


def _of(words: dict[str, Path], confirm: dict[str, Confirm]) -> dict[str, Confirm]:
    return {word: stage for word, stage in confirm.items() if word in words}


def _recognizer(config: EarsConfig, budget: ThreadBudget) -> Recognizer:
    if config.whisper:
        from hub.perception.speech.whisper_recognizer import WhisperRecognizer

        threads = budget.take(_WHISPER_THREADS)
        return WhisperRecognizer(Path(config.whisper), language=config.language, threads=threads)
    if not config.acoustic_model:
        raise ModelError("there is no model to recognise speech with", remedy="run `hearth models pull`")
    from hub.perception.speech.grammar_recognizer import GrammarRecognizer

    return GrammarRecognizer(Path(config.acoustic_model))

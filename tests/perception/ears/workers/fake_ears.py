"""The ears' worker with engines that are told what they hear."""

import os
import signal
from typing import Any

import numpy as np
from fakes import Fakes

from hub.core.errors import ModelError
from hub.guard.worker_link import WorkerLink
from hub.perception.ears.worker import EarsWorker
from hub.perception.speech.grammar import SpeechGrammar

DIES = 31_000
"""A sample on which the worker is killed."""


def run(link: WorkerLink, config: dict[str, Any]) -> None:
    """The real worker around a pipeline of fakes, which can be told to die."""
    fakes = Fakes()
    fakes.recognizer.grammar = None
    pipeline = fakes.pipeline()
    feed = pipeline.feed

    def feed_or_die(stream: int, pcm: np.ndarray) -> None:
        if (pcm == DIES).any():
            os.kill(os.getpid(), signal.SIGKILL)
        feed(stream, pcm)

    def set_grammar(grammar: SpeechGrammar) -> None:
        if grammar.language != "en":
            raise ModelError("this model speaks English", remedy="use another")
        fakes.recognizer.grammar = grammar

    pipeline.feed = feed_or_die  # type: ignore[method-assign]
    fakes.recognizer.set_grammar = set_grammar  # type: ignore[method-assign]
    worker = EarsWorker(link, pipeline)
    link.ready()
    worker.serve()

"""The ears' worker: inside the sealed process, between its one connection and the pipeline."""

import contextlib
from collections.abc import Callable
from typing import Any, Final

import msgspec
import numpy as np

from hub.core.errors import HearthError, ProtocolError, UsageError
from hub.guard.framing import Frame, Received
from hub.guard.worker_link import WorkerLink
from hub.perception.ears.config import EarsConfig
from hub.perception.ears.messages import (
    LARGEST_GRAMMAR,
    CloseStream,
    EndStream,
    GrammarPart,
    GrammarSet,
    Judge,
    Listen,
    Mute,
    OpenStream,
    Refused,
    ToEars,
)
from hub.perception.ears.pipeline import EarsPipeline
from hub.perception.speech.grammar import SpeechGrammar

_AT_REST_S: Final = 0.3
"""Without anything to do, what can be prepared is."""
_FAR_BEHIND_S: Final = 0.5
"""Sound that waits on one stream before the worker stops taking more: the sender then waits."""


def run(link: WorkerLink, config: dict[str, Any]) -> None:
    """The entry of the worker: load the models that `config` (an `EarsConfig`) names, then serve until the hub goes."""
    from hub.perception.ears.models import build_pipeline

    ears = EarsWorker(link, build_pipeline(msgspec.convert(config, EarsConfig)))
    link.ready()
    ears.serve()


class EarsWorker:
    """Hands what comes in to the pipeline and what it says back."""

    def __init__(self, link: WorkerLink, pipeline: EarsPipeline) -> None:
        self._link = link
        self._pipeline = pipeline
        self._decoder = msgspec.msgpack.Decoder(ToEars)
        self._grammar = bytearray()
        self._next_part = 0
        self._prepared = True
        self._handlers: dict[type, Callable[[Any], None]] = {
            OpenStream: self._open,
            CloseStream: lambda m: self._pipeline.close(m.stream),
            EndStream: lambda m: self._pipeline.end(m.stream),
            Listen: lambda m: self._pipeline.listen(m.stream),
            Mute: lambda m: self._pipeline.mute(m.stream, m.muted),
            Judge: self._pipeline.judge,
            GrammarPart: self._take_grammar,
        }

    def serve(self) -> None:
        """Work until `HubGone`."""
        while True:
            self._receive()
            for message in self._pipeline.step():
                self._link.send(message)

    def _receive(self) -> None:
        """Take all that has come, and wait for something when there is nothing to do."""
        while self._pipeline.behind_s <= _FAR_BEHIND_S:
            received = self._link.receive(0.0 if self._pipeline.busy else self._patience_s())
            if received is None:
                if not self._pipeline.busy and not self._prepared:
                    self._pipeline.prepare()
                    self._prepared = True
                return
            self._take(received)
        self._link.beat()

    def _patience_s(self) -> float | None:
        """How long to wait for something to do: for ever, once everything is prepared."""
        return None if self._prepared else _AT_REST_S

    def _take(self, received: Received) -> None:
        if received.kind is Frame.SOUND:
            if len(received.body) % 2:
                raise ProtocolError("half a sample", remedy="send int16 samples")
            samples = np.frombuffer(received.body, np.int16).copy()
            try:
                self._pipeline.feed(received.number, samples)
            except UsageError:
                samples[:] = 0  # it was on its way when the stream was closed
            return
        message = self._decoder.decode(received.body)
        with contextlib.suppress(UsageError):  # about a stream that has ended meanwhile
            self._handlers[type(message)](message)

    def _open(self, message: OpenStream) -> None:
        if self._pipeline.has(message.stream):
            return  # told twice, when the worker was new
        try:
            self._pipeline.open(message.stream, message.words, message.start)
        except HearthError as error:
            self._link.send(Refused(message.stream, error.to_wire()))

    def _take_grammar(self, part: GrammarPart) -> None:
        if part.index == 0:
            self._grammar, self._next_part = bytearray(), 0
        if part.index != self._next_part:
            return
        self._next_part += 1
        self._grammar += part.data
        if len(self._grammar) > LARGEST_GRAMMAR:
            raise ProtocolError(
                f"a grammar larger than {LARGEST_GRAMMAR} bytes", remedy="make the home's grammar smaller"
            )
        if not part.last:
            return
        data, self._grammar, self._next_part = bytes(self._grammar), bytearray(), 0
        try:
            self._pipeline.set_grammar(SpeechGrammar.decode(data))
        except HearthError as error:
            self._link.send(GrammarSet(part.serial, error.to_wire()))
        else:
            self._prepared = False
            self._link.send(GrammarSet(part.serial))

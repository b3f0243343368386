"""The benchmarks by name; each module has `measure() -> list[Measure]` and is imported only when it runs."""

import importlib
from typing import Final

from hub.bench.measure import Measure
from hub.core.errors import UsageError

BENCHES: Final = {
    "bus": "hub.bench.bus",
    "state": "hub.bench.state",
    "history": "hub.bench.history",
    "intent": "hub.bench.intent",
    "start": "hub.bench.start",
    "wake": "hub.bench.wake",
    "turn": "hub.bench.turn",
    "wake-accuracy": "hub.bench.wake_accuracy",
    "speech-accuracy": "hub.bench.speech_accuracy",
    "coffee": "hub.bench.coffee",
}
QUICK: Final = ("bus", "state", "history", "intent", "start", "wake", "turn")


def run(name: str) -> list[Measure]:
    """The measures of benchmark `name`; raises `UsageError` for an unknown one."""
    module = BENCHES.get(name)
    if module is None:
        raise UsageError(f"there is no benchmark {name!r}", remedy=f"choose of {', '.join(BENCHES)}, all")
    measures: list[Measure] = importlib.import_module(module).measure()
    return measures

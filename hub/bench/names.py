"""The benchmarks by name; each module has `measure() -> list[Measure]` and is imported only when it runs.

Those of `WITH_HUB` get the function that starts a hub: `measure(start)`.
"""

import importlib
from collections.abc import Callable
from typing import Any, Final

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
    "gesture": "hub.bench.gesture",
    "wake-accuracy": "hub.bench.wake_accuracy",
    "speech-accuracy": "hub.bench.speech_accuracy",
    "coffee": "hub.bench.coffee",
    "commands": "hub.bench.commands",
    "occupancy": "hub.bench.occupancy",
    "round": "hub.bench.round",
    "mesh": "hub.bench.mesh",
    "answered": "hub.bench.answered",
}
WITH_HUB: Final = frozenset({"commands"})
QUICK: Final = ("bus", "state", "history", "intent", "start", "wake", "turn", "gesture")


def run(name: str, start: Callable[..., Any]) -> list[Measure]:
    """The measures of benchmark `name`; raises `UsageError` for an unknown one.

    `start(paths)` starts a hub that hears (`hub.bench.commands.StartHub`).
    """
    module = BENCHES.get(name)
    if module is None:
        raise UsageError(f"there is no benchmark {name!r}", remedy=f"choose of {', '.join(BENCHES)}, all")
    measure = importlib.import_module(module).measure
    measures: list[Measure] = measure(start) if name in WITH_HUB else measure()
    return measures

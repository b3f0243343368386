"""The benchmarks by name; each module has `measure() -> list[Measure]` and is imported only when it runs.

Those of `WITH_HUB` get the function that starts a hub: `measure(start)`; those of `WITH_TIMES` how often to do what
they do: `measure(times)`.
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
    "ui": "hub.bench.ui",
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
    "skills": "hub.bench.skills",
}
WITH_HUB: Final = frozenset({"commands"})
WITH_TIMES: Final = {"answered": 20}
"""How many wake words each hears, unless it is told."""
QUICK: Final = ("bus", "state", "history", "intent", "start", "wake", "turn", "gesture")


def run(name: str, start: Callable[..., Any], times: int | None = None) -> list[Measure]:
    """The measures of benchmark `name`; raises `UsageError` for an unknown one, or one that has no number of `times`.

    `start(paths)` starts a hub that hears (`hub.bench.commands.StartHub`).
    """
    module = BENCHES.get(name)
    if module is None:
        raise UsageError(f"there is no benchmark {name!r}", remedy=f"choose of {', '.join(BENCHES)}, all")
    if times is not None and name not in WITH_TIMES:
        raise UsageError(f"{name} has no number of times", remedy=f"give --times with {', '.join(WITH_TIMES)} only")
    measure = importlib.import_module(module).measure
    measures: list[Measure]
    if name in WITH_HUB:
        measures = measure(start)
    elif name in WITH_TIMES:
        measures = measure(times or WITH_TIMES[name])
    else:
        measures = measure()
    return measures

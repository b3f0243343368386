"""`hearth bench turn`: from the end of a person's words to the acknowledged command, over the demo's clips, live.

Silence that is waited for counts. Home Assistant waits 700 ms of silence before it begins to recognise.
"""

import json
import statistics
import subprocess
import sys

from hub.bench.measure import Measure, compare
from hub.core.errors import UnavailableError

_STAGES = ("silence", "speech", "intent", "act", "total")
_REFERENCE = "Home Assistant (reference: 700 ms of silence before it begins)"


def measure() -> list[Measure]:
    """Milliseconds of every stage, median over the clips that end in a command, and the slowest tenth of the total."""
    command = [sys.executable, "-m", "hub.cli", "demo", "--json", "--real-time"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)  # noqa: S603 -- our own
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    turns = [line["after_speech_ms"] for line in lines if "after_speech_ms" in line]
    if not turns:
        raise UnavailableError(f"the demo told no turn: {ran.stderr.strip()[-200:]}", remedy="run `hearth demo`")
    measures = []
    for stage in _STAGES:
        values = [turn[stage] for turn in turns]
        target = 400.0 if stage == "total" else None
        name = f"end of speech to command, {stage}, p50 of {len(turns)} clips"
        measures.append(
            compare(
                "turn", name, statistics.median(values), "ms", peer_name=_REFERENCE, target=target, lower_is_better=True
            )
        )
    slowest = statistics.quantiles([turn["total"] for turn in turns], n=10)[-1] if len(turns) > 1 else turns[0]["total"]
    return [*measures, compare("turn", "end of speech to command, total, p90", slowest, "ms", peer_name=_REFERENCE)]

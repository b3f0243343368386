"""`hearth bench start`: how soon a hub answers, is whole and listens, and what memory its processes take together.

The reference is Home Assistant 2026.11: 2.6 to 3.4 s and 242 MB. Memory is the proportional set size (PSS) of the hub
and all its workers, from /proc.
"""

import contextlib
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from hub.bench.hub_process import PATIENCE_S, HubProcess, hub_process
from hub.bench.measure import Measure, compare
from hub.core.bundled import bundled
from hub.core.errors import UnavailableError

_SETTLE_S = 1.0
"""After the start its threads and buffers are there, and what was only needed for it is given back."""
_REFERENCE = "Home Assistant 2026.11 (reference: 2.6 to 3.4 s, 242 MB)"


def measure(runs: int = 3) -> list[Measure]:
    """Figures of time, in seconds from the start of the process or from SIGTERM, and of memory, in MB; the best each.

    Every run starts a new copy of the demo home twice: without ears, and with them. Raises `UnavailableError` when the
    hub does not come up or does not begin to listen.
    """
    found = [_start() for _ in range(runs)]
    best = {name: min(run[name] for run in found) for name in found[0]}
    targets = {
        "process start to /healthz": ("answers", "s", 0.8),
        "process start to everything up": ("whole", "s", 1.5),
        "memory of all processes, without models": ("memory", "MB", 120.0),
        "process start to listening": ("listening", "s", 3.0),
    }
    measures = [
        compare("start", name, best[key], unit, peer_name=_REFERENCE, target=target, lower_is_better=True)
        for name, (key, unit, target) in targets.items()
    ]
    return [
        *measures,
        compare("start", "memory of all processes, with models", best["memory with models"], "MB"),
        compare("start", "SIGTERM to the end of the process", best["stop"], "s", lower_is_better=True),
    ]


def _start() -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as folder:
        bare = run_once(_demo_home(Path(folder)), ears=False)
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as folder:
        heard = run_once(_demo_home(Path(folder)), ears=True)
    return {**heard, "whole": bare["whole"], "memory": bare["memory"], "memory with models": heard["memory"]}


def _demo_home(folder: Path) -> Path:
    (folder / "hearth.toml").write_bytes((bundled("config") / "demo" / "hearth.toml").read_bytes())
    return folder


def run_once(home: Path, *, ears: bool) -> dict[str, float]:
    """Start the hub over `home` and stop it again; raises `UnavailableError` when it does not come up or not stop.

    Returns seconds until it `answers`, is `whole` and, with ears, is `listening`; MB of `memory`; seconds to `stop`.
    """
    with hub_process(home, *([] if ears else ["--deaf"])) as hub:
        found = _watch(hub, until="listening" if ears else "whole")
        time.sleep(_SETTLE_S)
        found["memory"] = _pss_of_tree(hub.process.pid) / 1e6
        asked = time.perf_counter()
        hub.process.send_signal(signal.SIGTERM)
        try:
            hub.process.wait(20)
        except subprocess.TimeoutExpired as error:
            raise UnavailableError("the hub did not stop within 20 s", remedy="report this with its log") from error
        found["stop"] = time.perf_counter() - asked
    return found


def _watch(hub: HubProcess, *, until: str) -> dict[str, float]:
    found: dict[str, float] = {}
    while until not in found:
        health = hub.health()
        now = time.perf_counter() - hub.began
        if now > PATIENCE_S:
            raise UnavailableError("the hub did not come up", remedy="run `hearth doctor`")
        if health is not None:
            found.setdefault("answers", now)
            if health["status"] != "starting":
                found.setdefault("whole", now)
            if health["listening"]:
                found.setdefault("listening", now)
        time.sleep(0.005)
    return found


def _pss_of_tree(root: int) -> float:
    """Bytes of proportional set size of a process and its descendants (Linux)."""
    total, queue = 0.0, [root]
    while queue:
        pid = queue.pop()
        with contextlib.suppress(OSError):
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
            total += sum(float(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))
            for task in Path(f"/proc/{pid}/task").iterdir():
                queue += [int(child) for child in (task / "children").read_text("ascii").split()]
    return total

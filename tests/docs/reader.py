"""A reader who does what a page says, line by line: writes its files, types its commands, looks at what comes out.

The home is a temporary one ($HOME), the folder looks like a checkout. A `hearth run` stays open in the background;
wherever the page then speaks of port 8420, that hub's own port is meant; 10400 (Wyoming) is a free one as well. Where a
page needs a running hub and does not start one itself, the demo home is there.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hub.core.paths import model_cache
from tests.docs.markdown import ROOT, Block
from tests.ports import free_port

NOT_HERE = {
    "make": "sets up and tests this very checkout; CI does it on a bare machine",
    "sudo": "changes the machine",
    ". ": "prepares the reader's own shell",
    "ssh ": "needs another machine",
    "pip install": "changes the environment that the tests run in",
    "hearth demo": "has an end-to-end test of its own, and takes its time",
    "hearth privacy audit": "has an end-to-end test of its own, and takes its time",
    "hearth bench": "benchmarks have tests of their own, and need a quiet machine",
    "hearth device discover": "looks at the network outside this machine",
    "hearth models pull faster-whisper": "fetches from outside the package index",
    "hearth hear --recognizer whisper": "needs a model from outside the package index",
}
"""The only commands that are not run, by how they begin, and why."""

_TOOLS = ("strace", "sqlite3")
"""Programs of Debian that some commands are about; where one is missing its line is left out, and that is told."""
_URL = re.compile(r"(http://127\.0\.0\.1:\d+)/")
_EXPECTED = re.compile(r"# exits with (\d+)")
_PAGE = "http://127.0.0.1:8420"
_LONG_S = 100


@dataclass
class Ran:
    """A command and what came of it."""

    command: str
    output: str
    code: int


@dataclass
class Reader:
    """One page's reader, at home in `home` and working in `folder`."""

    home: Path
    folder: Path
    address: str = ""
    left_out: list[str] = field(default_factory=list)
    running: "list[subprocess.Popen[str]]" = field(default_factory=list)
    wyoming: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        for name in ("config", "skills", "devices", "models", "docs"):
            (self.folder / name).symlink_to(ROOT / name)
        self._environment = {
            **os.environ,
            "HOME": str(self.home),
            "HEARTH_MODELS": str(model_cache()),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "COLUMNS": "200",
        }
        for name in ("HEARTH_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
            self._environment.pop(name, None)

    def write(self, block: Block) -> None:
        """Put a named block where the page says."""
        path = Path(block.file.replace("~", str(self.home), 1)) if block.file[0] == "~" else self.folder / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self._with_ports(block.text))

    def _with_ports(self, text: str) -> str:
        if _PAGE in text:
            text = text.replace(_PAGE, self.hub())
        return text.replace("10400", str(self.wyoming))

    def type(self, command: str) -> Ran | None:
        """Run a command as the page gives it; None when it is one of those that are not run."""
        if any(command.startswith(beginning) for beginning in NOT_HERE):
            return None
        tool = next((t for t in _TOOLS if command.startswith(t)), "")
        if tool and not _usable(tool):
            self.left_out.append(command)
            return None
        if command.startswith("hearth run"):
            self.address = self._start(command)
            return None
        command = self._with_ports(command)
        ran = subprocess.run(
            command,
            shell=True,
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_LONG_S,
            check=False,
        )
        expected = _EXPECTED.search(command)
        assert ran.returncode == int(expected[1] if expected else 0), f"$ {command}\n{ran.stdout}"
        return Ran(command, ran.stdout, ran.returncode)

    def hub(self) -> str:
        """The address of the running hub; the demo home's when the page has started none."""
        if not self.address:
            self.address = self._start("hearth run --config demo")
        return self.address

    def _start(self, command: str) -> str:
        words = command.partition("#")[0].split()
        log = self.folder / "hub.log"
        with log.open("a") as stderr:
            hub = subprocess.Popen(
                [*words, "--port", "0"],
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )
        self.running.append(hub)
        assert hub.stdout is not None
        said = hub.stdout.readline()  # it prints its address, or ends
        found = _URL.search(said)
        assert found, f"$ {command}\n{said}{log.read_text()}"
        self._wait_until_ready(found[1])
        return found[1]

    def _wait_until_ready(self, address: str) -> None:
        from urllib.request import urlopen

        for _ in range(600):
            with contextlib.suppress(OSError), urlopen(f"{address}/healthz", timeout=5) as answer:
                if b'"starting"' not in answer.read():
                    return
            time.sleep(0.1)
        raise AssertionError(f"{address} does not become ready")

    def leave(self) -> None:
        """Stop the hubs as a person would, with Ctrl-C; they must end cleanly."""
        codes = []
        for hub in self.running:
            hub.send_signal(signal.SIGINT)
            try:
                hub.communicate(timeout=30)
            except subprocess.TimeoutExpired:
                hub.kill()
                hub.communicate()
            codes.append(hub.returncode)
        self.running.clear()
        assert not any(codes), f"hearth run ended with {codes}:\n{(self.folder / 'hub.log').read_text()}"


def _usable(tool: str) -> bool:
    if shutil.which(tool) is None:
        return False
    if tool != "strace":
        return True
    tried = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, timeout=20, check=False)
    return tried.returncode == 0  # some containers forbid it


@contextlib.contextmanager
def reader(place: Path) -> Iterator[Reader]:
    home, folder = place / "home", place / "hearth"
    home.mkdir()
    folder.mkdir()
    one = Reader(home, folder)
    try:
        yield one
    finally:
        one.leave()

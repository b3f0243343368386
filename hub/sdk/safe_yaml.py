"""YAML that strangers wrote: plain data only, and no more of it than its text suggests."""

from typing import Any, Final

import yaml

from hub.core.errors import ManifestError

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # twelve times faster, where PyYAML has libyaml
_MOST_NODES: Final = 100_000


def load_yaml(text: str, place: str) -> Any:
    """The data that `text` describes. Raises `yaml.YAMLError`, and `ManifestError` when its aliases swell too much."""
    if "&" in text and _nodes(text) > _MOST_NODES:
        raise ManifestError("its YAML aliases swell to too much", place=place, remedy="write the file without them")
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 -- both loaders are the safe ones


def _nodes(text: str) -> int:
    """How many nodes the document has once every alias is written out; stops counting above the limit."""
    sizes: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = [(None, 0)]
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            open_nodes.append((event.anchor, 1))
            continue
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, size = open_nodes.pop()
        elif isinstance(event, yaml.ScalarEvent):
            anchor, size = event.anchor, 1
        elif isinstance(event, yaml.AliasEvent):
            anchor, size = None, sizes.get(event.anchor or "", _MOST_NODES + 1)  # one inside itself never ends
        else:
            continue
        if anchor is not None:
            sizes[anchor] = size
        parent, sum_ = open_nodes[-1]
        open_nodes[-1] = (parent, sum_ + size)
        if sum_ + size > _MOST_NODES:
            return sum_ + size
    return open_nodes[0][1]

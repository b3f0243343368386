"""What announces itself on the network. Names and addresses are hints only; nobody is trusted for them."""

from msgspec import Struct


class Announced(Struct, frozen=True):
    """Somebody says that a service is here: `kind` mqtt, wyoming, or an integration's id."""

    kind: str
    name: str
    host: str
    port: int


class Found(Announced, frozen=True, kw_only=True):
    """What the home makes of it: `integration` is what it can be added with, empty for none; `here`: it is added."""

    integration: str
    here: bool

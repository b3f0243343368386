"""Who the hubs of a home are, as records that prove themselves, so that any hub can pass them on.

- An `Admitted` says that a hub belongs to the home: its own certificate, and a leaf for the same key that the home's
  root signed. Only the hub that holds the root's key can make one.
- A `Card` is what a member says of itself: its name and where it listens, signed with its key. The one with the
  highest number counts.
- A `Removal` says that a hub belongs to the home no longer, signed by any hub that was ever admitted: the hub at hand
  must be able to shut a stolen one out, whoever else is on. It is final. There is no clock and no counter in it, which
  could be set back or ahead: once any hub has heard of it, every hub that meets that one has. A hub that is paired
  again makes itself a new key first, and with it a new id.

So a removed hub, or a member gone bad, can at most shut others out, which a person sees and mends by pairing; no
record of theirs lets anybody in. Merging is a union, in any order and any number of times.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct, field

from hub.core.errors import NotFoundError, ProtocolError
from hub.swarm import certificates
from hub.swarm.check_digits import beginning

DIGEST_SIZE: Final = 16
MOST_MEMBERS: Final = 64
MOST_EVER: Final = 256
MOST_ROLL_BYTES: Final = 1024 * 1024
_MOST_NAME: Final = 64
_MOST_ADDRESSES: Final = 8
_MOST_ADDRESS: Final = 80
_LEAST_DIGITS: Final = 8
_MOST_NUMBER: Final = 2**53


class Member(Struct, frozen=True, kw_only=True):
    """A hub of this home. `fingerprint` is the SHA-256 of its public key; `addresses` are hints as `host:port`, and
    `joined_at` (UTC seconds) is when this hub first knew of it.
    """

    id: str
    name: str
    fingerprint: str
    addresses: tuple[str, ...]
    joined_at: float


class Admitted(Struct, frozen=True):
    """Proof that a hub was let into the home: its self-signed certificate and its leaf (DER). `at` is for display."""

    identity: bytes
    leaf: bytes
    at: float


class Card(Struct, frozen=True):
    """What a member says of itself."""

    hub: str
    number: int
    name: str
    addresses: tuple[str, ...]
    signature: bytes


class Removal(Struct, frozen=True):
    """A hub's word that another (or itself) is no member any more."""

    hub: str
    by: str
    signature: bytes


class Records(Struct, frozen=True):
    """All records of a home, as they are kept and sent; each dictionary by hub id."""

    admitted: dict[str, Admitted] = field(default_factory=dict)
    cards: dict[str, Card] = field(default_factory=dict)
    removals: dict[str, Removal] = field(default_factory=dict)


def make_admitted(identity: bytes, root: x509.Certificate, root_key: Ed25519PrivateKey, now: float) -> Admitted:
    """Proof that the hub with this self-signed certificate (DER) belongs to the home, made at `now` (UTC seconds)."""
    hub, key = certificates.hub_id(identity), certificates.public_key(certificates.read(identity))
    return Admitted(identity, certificates.der(certificates.make_leaf(hub, key, root, root_key, now)), now)


def make_card(key: Ed25519PrivateKey, hub: str, number: int, name: str, addresses: tuple[str, ...]) -> Card:
    """A card, signed. A name or addresses that others would refuse are made to fit."""
    name = "".join(c for c in name if c.isprintable()).strip()[:_MOST_NAME] or "hub"
    fitting = tuple(a for a in addresses if _is_address(a))[:_MOST_ADDRESSES]
    return Card(hub, number, name, fitting, key.sign(_card_text(hub, number, name, fitting)))


def make_removal(key: Ed25519PrivateKey, home: str, hub: str, by: str) -> Removal:
    """A removal, signed with the key of hub `by`."""
    return Removal(hub, by, key.sign(_removal_text(home, hub, by)))


def check_card(card: Card, hub: str, key: Ed25519PublicKey) -> None:
    """Raise `ProtocolError` unless the card is hub `hub`'s own."""
    sound = (
        card.hub == hub
        and 0 <= card.number <= _MOST_NUMBER
        and 0 < len(card.name) <= _MOST_NAME
        and card.name.isprintable()
        and len(card.addresses) <= _MOST_ADDRESSES
        and all(_is_address(address) for address in card.addresses)
    )
    if not sound:
        raise ProtocolError("a hub's card is not as it should be")
    _check_signature(key, card.signature, _card_text(card.hub, card.number, card.name, card.addresses))


class Roll:
    """The records of one home, all checked. It never changes; `merged` makes another."""

    def __init__(
        self, root: x509.Certificate, home: str, records: Records, keys: Mapping[str, Ed25519PublicKey]
    ) -> None:
        """For `Roll.empty` and `merged`."""
        self._root = root
        self._home = home
        self.records = records
        self._keys = dict(keys)

    @classmethod
    def empty(cls, root: x509.Certificate, home: str) -> "Roll":
        """A home with nobody in it."""
        return cls(root, home, Records(), {})

    def merged(self, other: Records) -> "Roll":
        """This roll and what `other` adds to it; the same object when that is nothing.

        Raises `ProtocolError` when any record is not what it claims: who sends one such is not to be believed at all.
        """
        known = self.records
        keys = dict(self._keys)
        admitted, cards, removals = dict(known.admitted), dict(known.cards), dict(known.removals)
        for hub, record in other.admitted.items():
            kept = admitted.get(hub)
            if kept is None or (kept.identity, kept.leaf) != (record.identity, record.leaf):
                keys[hub], newer = self._check_admitted(hub, record, kept)
                if newer:
                    admitted[hub] = record if kept is None else Admitted(record.identity, record.leaf, kept.at)
        if len(admitted) > MOST_EVER:
            raise ProtocolError(f"more than {MOST_EVER} hubs were ever in this home")
        for hub, card in other.cards.items():
            old = cards.get(hub)
            if hub in keys and card != old:
                check_card(card, hub, keys[hub])
                if old is None or (card.number, card.signature) > (old.number, old.signature):
                    cards[hub] = card
        for hub, removal in other.removals.items():
            if hub in keys and hub not in removals:
                self._check_removal(hub, removal, keys)
                removals[hub] = removal
        merged = Records(admitted, cards, removals)
        return self if merged == known else Roll(self._root, self._home, merged, keys)

    def _check_admitted(self, hub: str, record: Admitted, kept: Admitted | None) -> tuple[Ed25519PublicKey, bool]:
        """The hub's key, and whether the record is newer than the one that is kept."""
        identity, leaf = certificates.read(record.identity), certificates.read(record.leaf)
        certificates.check_leaf(leaf, self._root)
        key = certificates.public_key(identity)
        if certificates.hub_id(record.identity) != hub or certificates.common_name(leaf) != hub:
            raise ProtocolError("a certificate carries another hub's id")
        if certificates.public_key(leaf) != key:
            raise ProtocolError("a hub's leaf is for another key than its own")
        if kept is None:
            return key, True
        old = certificates.read(kept.leaf)
        return key, (leaf.not_valid_after_utc, record.leaf) > (old.not_valid_after_utc, kept.leaf)

    def _check_removal(self, hub: str, removal: Removal, keys: Mapping[str, Ed25519PublicKey]) -> None:
        if removal.hub != hub or removal.by not in keys:
            raise ProtocolError("a hub was removed by nobody of this home")
        _check_signature(keys[removal.by], removal.signature, _removal_text(self._home, hub, removal.by))

    def key_of(self, hub: str) -> Ed25519PublicKey | None:
        """A member's public key; None when it is no member, or no longer."""
        return None if hub in self.records.removals else self._keys.get(hub)

    def members(self) -> tuple[Member, ...]:
        """The home's hubs now, by id."""
        found = []
        for hub, record in sorted(self.records.admitted.items()):
            if hub in self.records.removals:
                continue
            card = self.records.cards.get(hub)
            found.append(
                Member(
                    id=hub,
                    name=card.name if card else "hub",
                    fingerprint=certificates.fingerprint(self._keys[hub]),
                    addresses=card.addresses if card else (),
                    joined_at=record.at,
                )
            )
        return tuple(found)


def find(members: Iterable[Member], named: str) -> Member:
    """The member with this id, the beginning of it (8 digits or more), its short form, or its name.

    Raises `NotFoundError` for none or several, `UsageError` for a short form with a slip in it.
    """
    known = tuple(members)
    fitting = [m for m in known if named in (m.id, m.name)]
    if not fitting:
        hexadecimal = len(named) >= _LEAST_DIGITS and all(c in "0123456789abcdef" for c in named)
        start = named if hexadecimal else beginning(named) if named.count("-") == 3 else None
        fitting = [m for m in known if start is not None and m.id.startswith(start)]
    if len(fitting) != 1:
        what = "several hubs of this home are" if fitting else "no hub of this home is"
        raise NotFoundError(f"{what} {named[:80]!r}", remedy="`hearth peer list` shows their ids")
    return fitting[0]


def encode(records: Records) -> bytes:
    """The records as they go to another hub."""
    return msgspec.msgpack.encode(records)


def digest(records: Records) -> bytes:
    """A hash of 16 bytes: hubs that know the same have the same."""
    return hashlib.blake2b(msgspec.msgpack.encode(records, order="deterministic"), digest_size=DIGEST_SIZE).digest()


def decode(data: bytes) -> Records:
    """Records that another hub sent, not checked yet. Raises `ProtocolError`."""
    if len(data) > MOST_ROLL_BYTES:
        raise ProtocolError(f"a list of members of {len(data)} bytes")
    try:
        return msgspec.msgpack.decode(data, type=Records)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProtocolError(f"a list of members cannot be read: {error}") from error


def _is_address(address: str) -> bool:
    host, _, port = address.rpartition(":")
    sound = all(c.isascii() and (c.isalnum() or c in ".-:[]%_") for c in host)
    return bool(host) and sound and len(address) <= _MOST_ADDRESS and port.isascii() and port.isdigit()


def _card_text(hub: str, number: int, name: str, addresses: tuple[str, ...]) -> bytes:
    return msgspec.msgpack.encode(["hearth card", hub, number, name, addresses])


def _removal_text(home: str, hub: str, by: str) -> bytes:
    return msgspec.msgpack.encode(["hearth removal", home, hub, by])


def _check_signature(key: Ed25519PublicKey, signature: bytes, text: bytes) -> None:
    try:
        key.verify(signature, text)
    except InvalidSignature as error:
        raise ProtocolError("a record about a hub is signed by somebody else") from error

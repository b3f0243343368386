"""What hubs say to each other about a wake word, and how strong a claim is.

None of it is raw media: an outline is 32 levels of loudness, 25 ms and half a decibel each, over the noise floor. It
tells how loud it was and for how long, not what was said or by whom. It goes to paired hubs over the mesh, is kept
for seconds in RAM, and never comes to the bus, the store or a log.
"""

import math
from typing import Final

import msgspec
from msgspec import Struct

from hub.core.errors import ProtocolError
from hub.perception.ears.trail import LEVELS

TOPIC: Final = "claims"
MOST_CLAIMS: Final = 32
_LARGEST: Final = 16 * 1024
_MOST_TEXT: Final = 200
_LEAST_PRESENCE: Final = 0.2
"""A room that seems empty counts for this much: sensors miss people, and whoever speaks is somewhere."""
_MOST_DB: Final = 80.0
_OFFSET: Final = 1.3
_SLOPE: Final = 0.3

Key = tuple[str, int]
"""Names a claim: its hub, and its number there."""


def probability(score: float) -> float:
    """How likely the wake word was said, by the first stage's score in a hub whose second stage confirmed it.

    Log-odds: 1.3 + 0.3 x those of the score. The slope is a logistic fit to 640 detections of people's "alexa" (quiet
    and in kitchen noise) against 172 of what was something else; the offset stands for the second stage, which four of
    five true detections and few others pass. The level over the noise told nothing more (it counts as energy).
    """
    bounded = min(max(score, 0.001), 0.999)
    return 1 / (1 + math.exp(-(_OFFSET + _SLOPE * math.log(bounded / (1 - bounded)))))


def strength(probability: float, energy_db: float, presence: float) -> float:
    """How much speaks for a claim: probability x amplitude over the noise floor x belief that somebody is there."""
    return probability * 10 ** (min(max(energy_db, 0.0), _MOST_DB) / 20) * min(max(presence, _LEAST_PRESENCE), 1.0)


class Claim(Struct, frozen=True, array_like=True):
    """A stream of a hub heard a wake word.

    `energy_db` is over that microphone's own noise floor, `presence` the belief that somebody is in its room. `onset`
    and `ends` are seconds of its hub's monotonic clock: where the word began, and where its outline `levels` ends.
    """

    hub: str
    number: int
    stream: str
    word: str
    probability: float
    energy_db: float
    presence: float
    onset: float
    ends: float
    levels: bytes

    @property
    def key(self) -> Key:
        """Its name."""
        return self.hub, self.number

    @property
    def strength(self) -> float:
        """How much speaks for it."""
        return strength(self.probability, self.energy_db, self.presence)

    @property
    def rank(self) -> tuple[float, str, int]:
        """The greater wins. Ties go by hub and number, so that all hubs decide alike."""
        return self.strength, self.hub, self.number


class Say(Struct, frozen=True, tag="say", kw_only=True):
    """What the sender has to say of a wake word.

    `claims` are its own and those that it knows of others. It `asks`: claim or decline (0: it does not; 2: again).
    `about` is the claim that it answers. `perhaps` is the strength that a stream of it which hears the like may still
    claim with; None: none will.
    `now` is the sender's monotonic clock.
    """

    now: float
    claims: tuple[Claim, ...] = ()
    asks: int = 0
    about: Key | None = None
    perhaps: float | None = None


class Answers(Struct, frozen=True, tag="answers", kw_only=True):
    """Who claimed this answers it, for `age` seconds already. `instead` is the claim whose turn it takes over."""

    now: float
    claim: Claim
    age: float = 0.0
    instead: Key | None = None


class Ended(Struct, frozen=True, tag="ended", kw_only=True):
    """The turn of a claim is over: others may answer again."""

    now: float
    claim: Key


Message = Say | Answers | Ended
_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)


def encode(message: Message) -> bytes:
    """A message as it goes over the mesh."""
    return _encoder.encode(message)


def decode(body: bytes) -> Message:
    """Raises `ProtocolError` for what is no message, or is out of bounds."""
    if len(body) > _LARGEST:
        raise ProtocolError(f"{len(body)} bytes are too many for claims")
    try:
        message = _decoder.decode(body)
    except msgspec.DecodeError as error:
        raise ProtocolError(f"claims cannot be read: {error}") from None
    claims = message.claims if isinstance(message, Say) else (message.claim,) if isinstance(message, Answers) else ()
    if len(claims) > MOST_CLAIMS or not math.isfinite(message.now) or not all(map(_sound, claims)):
        raise ProtocolError("claims are out of bounds")
    if isinstance(message, Say) and message.perhaps is not None and not math.isfinite(message.perhaps):
        raise ProtocolError("a claim's strength is no number")
    return message


def _sound(claim: Claim) -> bool:
    return (
        len(claim.levels) == LEVELS
        and all(len(text) <= _MOST_TEXT for text in (claim.hub, claim.stream, claim.word))
        and 0 <= claim.probability <= 1
        and 0 <= claim.presence <= 1
        and all(map(math.isfinite, (claim.energy_db, claim.onset, claim.ends)))
    )

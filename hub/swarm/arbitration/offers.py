"""When the winner hears no speech: who kept what was said, and who answers it then."""

from typing import Final

import msgspec
from msgspec import Struct

from hub.swarm.arbitration.claims import Key
from hub.swarm.arbitration.ear import NOTHING

TOPIC: Final = "offers"
WAIT_S: Final = 4.0
"""How long ears that still listen may take."""
ASK_S: Final = WAIT_S + 1.0


class Offer(Struct, frozen=True, tag="offer"):
    """What have you kept of the sound of this claim?"""

    claim: Key


class Take(Struct, frozen=True, tag="take"):
    """Answer in place of claim `claim` what your claim `yours` kept."""

    claim: Key
    yours: int


class Offered(Struct, frozen=True, array_like=True):
    """The claim that kept an utterance, and its confidence; `NOTHING`: there is none."""

    claim: Key
    confidence: float = NOTHING


question = msgspec.msgpack.Decoder[Offer | Take](Offer | Take)
answered = msgspec.msgpack.Decoder[Offered](Offered)


def best(offers: list[Offered]) -> Offered | None:
    """The most confident, ties by hub and number; None when nobody has anything."""
    real = [offer for offer in offers if 0 <= offer.confidence <= 1]
    return max(real, key=lambda o: (o.confidence, o.claim), default=None)

"""The hub on which the code is typed: it connects, shows that it knows the code, and is let in."""

import asyncio
import hashlib
from typing import Final

import structlog

from hub.core.errors import PairingError, ProtocolError, UsageError
from hub.guard.connect import Guard
from hub.guard.tls import pairing_contexts
from hub.swarm import certificates
from hub.swarm.fabric import Fabric, Welcome
from hub.swarm.pairing.handshake import Handshake, typed_code
from hub.swarm.pairing.messages import (
    DEADLINE_S,
    MOST_ADMISSION,
    VERSION,
    Admission,
    Answer,
    Confirmed,
    Guess,
    Hello,
    OtherRefusedError,
    Refused,
    Request,
    Stored,
    receive,
    send,
)

log = structlog.get_logger(__name__)
DEFAULT_PORT: Final = 8422
_CONNECT_S: Final = 10.0
_SAYS: Final = {
    "nobody": ("nobody at the other hub waits for one", "run `hearth peer pair` there first"),
    "wrong": ("the code is not the one that the other hub shows, or somebody is between the two", "type it once more"),
    "closed": ("the other hub takes no more tries", "run `hearth peer pair` there again, for a new code"),
    "protocol": ("the two hubs do not understand each other", "do both run the same version?"),
    "removed": ("this hub was removed from that home, which is final for its key", "`hearth peer remove` it here too"),
    "full": ("that home has as many hubs as it can have", "remove one there"),
    "failed": ("the other hub could not do it", "its log says why"),
}
_BETWEEN: Final = "the other hub does not know the code: it is another hub, or somebody is between the two"


def address_of(text: str) -> tuple[str, int]:
    """Host and port of an address as people type it; the port may be left out. Raises `UsageError`."""
    bare = text.strip()
    host, port = bare, str(DEFAULT_PORT)
    if bare.startswith("[") or bare.count(":") == 1:
        host, colon, given = bare.rpartition(":") if not bare.endswith("]") else (bare, "", "")
        port = given if colon else port
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise UsageError(f"{text[:80]!r} is no address", remedy="such as 192.168.1.20:8422, as the other hub shows it")
    return host, int(port)


async def join(
    fabric: Fabric,
    guard: Guard,
    address: str,
    code: str,
    name: str,
    addresses: tuple[str, ...] = (),
    *,
    deadline_s: float = DEADLINE_S,
) -> str:
    """Have this hub, called `name`, let into the home of the hub at `address`, which shows `code`; that hub's id.

    Raises `UsageError` for a code or an address that is none, or a hub that is in a home with others; `EgressError` or
    `UnavailableError` when the other cannot be reached; `PairingError` when it did not come about.
    """
    (host, port), code = address_of(address), typed_code(code)
    if len(fabric.members()) > 1:
        others = ", ".join(sorted(member.name for member in fabric.members() if member.id != fabric.hub))
        mine = fabric.member(fabric.hub).name
        remedy = (
            f"to leave it, also when it has removed this hub: `hearth peer remove {mine}` here, then start it again"
        )
        raise UsageError(f"this hub is in a home already, with {others}", remedy=remedy)
    if fabric.home:
        await fabric.leave()  # a home of its own, with nobody else in it any more
    context = (await asyncio.to_thread(pairing_contexts, fabric.identity.path))[0]
    wait = min(deadline_s, _CONNECT_S)
    reader, writer = await guard.connect(host, port, "pair with another hub", who="swarm", tls=context, timeout_s=wait)
    try:
        async with asyncio.timeout(deadline_s):
            return await _pair(reader, writer, fabric, code, name, addresses)
    except OtherRefusedError as refused:
        message, remedy = _SAYS[refused.reason]
        raise PairingError(message, remedy=remedy) from refused
    except ProtocolError as error:
        await _say_refused(writer)
        raise PairingError(f"pairing was broken off: {error.message}", remedy="pair again") from error
    except TimeoutError as error:
        raise PairingError(f"the other hub said nothing for {deadline_s:.0f} s", remedy="pair again") from error
    except OSError as error:
        raise PairingError("the connection to the other hub broke", remedy="pair again") from error
    finally:
        writer.close()


async def _pair(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    fabric: Fabric,
    code: str,
    name: str,
    addresses: tuple[str, ...],
) -> str:
    identity = fabric.identity
    theirs: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    ends = (hashlib.sha256(identity.certificate).digest(), hashlib.sha256(theirs).digest())
    handshake = Handshake(code, *ends, is_host=False)
    await send(writer, Hello(VERSION, identity.certificate, await asyncio.to_thread(handshake.element)))
    answer = await receive(reader, Answer)
    await asyncio.to_thread(handshake.meet, answer.element)
    await send(writer, Guess(handshake.guess(), handshake.sign(identity.key)))
    confirmed = await receive(reader, Confirmed)
    if not handshake.right_answer(confirmed.mac):
        log.warning("the other hub does not know the code, or somebody is between")
        raise ProtocolError(_BETWEEN)
    # From here on the other side is the hub that shows the code, and nobody reads along.
    request = certificates.make_request(identity.key, identity.hub)
    await send(writer, Request(request, fabric.card(name, addresses)))
    admission = await receive(reader, Admission, MOST_ADMISSION)
    await fabric.join(Welcome(admission.root, admission.records))
    await send(writer, Stored())
    return certificates.hub_id(theirs)


async def _say_refused(writer: asyncio.StreamWriter) -> None:
    try:
        async with asyncio.timeout(1.0):
            await send(writer, Refused("protocol"))
    except (OSError, TimeoutError) as error:
        log.debug("the other hub could not be told", error=str(error))

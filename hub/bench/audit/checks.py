"""What the audit makes of the evidence: one function a check, each a `Line` that names the place of what is wrong."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from hub.bench.audit.evidence import Evidence
from hub.bench.audit.line import Line, line
from hub.bench.audit.search import leaks_in
from hub.bench.audit.trace import Canary
from hub.core.errors import EgressError
from hub.guard.egress import Destination, EgressPolicy, Reach
from hub.store.ledger import LedgerRow, address_of


def workers_are_sealed(evidence: Evidence) -> Line:
    """Each worker tried its bars itself, and the kernel says that its filter is there to stay."""
    wrong = [f"{name} says that it is not sealed" for name, sealed in evidence.told_sealed.items() if not sealed]
    for worker in evidence.workers:
        if not (worker.filtered and worker.locked):
            wrong.append(f"the worker process {worker.pid} runs without a filter of system calls")
    if len(evidence.workers) < len(evidence.told_sealed):
        wrong.append(f"of {len(evidence.told_sealed)} workers only {len(evidence.workers)} are there")
    if not evidence.told_sealed:
        wrong.append("no worker was started")
    names = ", ".join(evidence.told_sealed)
    return line("workers", wrong, f"{names}: each tried its bars, and the kernel holds the filter for good")


def sound_stays(evidence: Evidence) -> Line:
    """The canary sound was heard, and is nowhere."""
    why = "there are no ears (see `hearth doctor`)" if evidence.deaf else "the canary sound was not understood"
    wrong = [] if evidence.heard else [f"{why}, so that nothing was tried"]
    wrong += leaks_of(evidence.sound, evidence)
    return line("sound", wrong, f"heard as {evidence.heard!r}, and in {_looked_at(evidence)} there is none of it")


def picture_stays(evidence: Evidence) -> Line:
    """The canary picture was looked at, and is nowhere."""
    if evidence.picture is None:
        return Line("picture", True, f"this hub has no eyes ({evidence.blind or 'not asked for'}): nothing to find")
    wrong = [] if evidence.looked else ["the hand in the canary picture was not seen, so that nothing was tried"]
    wrong += leaks_of(evidence.picture, evidence)
    if evidence.page is not None:
        wrong += (
            [] if evidence.page_looked else ["the hand that a page showed was not seen, so that this was not tried"]
        )
        wrong += leaks_of(evidence.page, evidence)
    page = "" if evidence.page is None else " and before a page's"
    learnt = ", which was learnt from it," if evidence.learnt_from_it else ""
    return line(
        "picture",
        wrong,
        f"its hand was seen, before a camera{page}, and in {_looked_at(evidence)}{learnt} there is none of it",
    )


def _looked_at(evidence: Evidence) -> str:
    packets = "" if evidence.packets is None else f", {len(evidence.packets)} packets of this machine"
    return (
        f"files, database, log, {len(evidence.events)} events, {len(evidence.received):,} bytes sent{packets} and an "
        "update"
    )


def leaks_of(canary: Canary, evidence: Evidence) -> list[str]:
    """Every place that has some of the canary."""
    mine = f" has the {canary.name} "
    found = [f"while it ran, {leak}" for leak in evidence.leaks if mine in leak]
    found += leaks_in(evidence.root, [canary])
    for name, data in _bodies(evidence):
        where = canary.found(data)
        if where:
            found.append(f"{name} has {where}")
    return list(dict.fromkeys(found))


def _bodies(evidence: Evidence) -> Iterator[tuple[str, bytes]]:
    for event in evidence.events:
        yield f"the event {event.name}", event.data
    yield "an update to the other hubs", evidence.update
    yield "what was sent to the satellite", evidence.received
    for packet in evidence.packets or ():
        yield "a packet that left this machine", packet


def connections_are_in_the_ledger(evidence: Evidence) -> Line:
    """Whatever the hub's processes connected to has a row, and the bytes are those that came at the other end."""
    ledgered = {place for row in evidence.rows if (place := address_of(row)) is not None}
    wrong = [f"a connection to {host}:{port} is not in the ledger" for host, port in evidence.places - ledgered]
    wrong += [f"the name {name} was looked up" for name in sorted(evidence.names - {"localhost"})]
    sent = sum(row.bytes_out for row in evidence.rows if address_of(row) == ("127.0.0.1", evidence.port))
    came = len(evidence.received)
    if sent < came or (sent > came and not evidence.cut_off):
        wrong.append(f"the ledger says {sent:,} bytes to the satellite, and {came:,} came")
    if not evidence.rows:
        wrong.append("the hub connected to nothing, so that nothing was tried")
    return line("connections", wrong, f"{len(evidence.places)} places, {sent:,} bytes: all of it is in the ledger")


Agreed = Mapping[str, Sequence[Destination]]
"""Who in the hub may fetch from where, because the household agreed to it."""


def nothing_left_home(rows: Iterable[LedgerRow], agreed: Agreed | None = None) -> Line:
    """No connection of the ledger went beyond this machine and the home's own network, but for what was agreed to."""
    policy, wrong, seen, meant = EgressPolicy(), [], 0, set[str]()
    for row in rows:
        seen += 1
        place = address_of(row)
        if place is None:
            continue
        host = row.where.partition(" (")[0].rpartition(":")[0]
        if any(destination.covers(host, place[1]) for destination in (agreed or {}).get(row.who, ())):
            meant.add(f"{row.who} to {host}")
            continue
        try:
            policy.check(place[0], *place, Reach.HOME)
        except EgressError:
            wrong.append(f"{row.who} connected to {row.where} ({row.why}), {row.bytes_out:,} bytes out")
        except ValueError:
            wrong.append(f"the ledger does not say where {row.where} is")
    but = f", but for what you agreed to: {', '.join(sorted(meant))}" if meant else ""
    told = f"{seen} rows of the ledger: none left the home's own network{but}"
    return line("network", list(dict.fromkeys(wrong)), told)

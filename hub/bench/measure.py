"""One line of a benchmark: a figure of ours beside a named peer's."""

from msgspec import Struct


class Measure(Struct, frozen=True, kw_only=True):
    """What `hearth bench NAME --json` prints, one line a measure; the fields are the contract.

    `peer` is None where the peer is not installed; `peer_name` then names the source of the reference figure that
    `target` comes from. `ratio` says how many times better than the peer ours is, None without one. `ok`: the target
    was met (None where the measure is only told).
    """

    bench: str
    measure: str
    ours: float
    unit: str
    peer: float | None = None
    peer_name: str = ""
    ratio: float | None = None
    target: float | None = None
    ok: bool | None = None


def compare(
    bench: str,
    measure: str,
    ours: float,
    unit: str,
    *,
    peer: float | None = None,
    peer_name: str = "",
    target: float | None = None,
    target_ratio: float | None = None,
    lower_is_better: bool = False,
) -> Measure:
    """A measure with its `ratio` and `ok` worked out.

    `target` is a bound on `ours`, in `unit`; `target_ratio` a bound on the ratio, which is only judged where `peer` is
    there. Both given, both must hold. `lower_is_better` turns bound and ratio round (times, bytes).
    """
    ratio = None
    if peer is not None and peer > 0 and ours > 0:
        ratio = peer / ours if lower_is_better else ours / peer
    verdicts: list[bool] = []
    if target is not None:
        verdicts.append(ours <= target if lower_is_better else ours >= target)
    if target_ratio is not None and ratio is not None:
        verdicts.append(ratio >= target_ratio)
    return Measure(
        bench=bench,
        measure=measure,
        ours=ours,
        unit=unit,
        peer=peer,
        peer_name=peer_name,
        ratio=ratio,
        target=target,
        ok=all(verdicts) if verdicts else None,
    )

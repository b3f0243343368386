"""`Line`: what one check of the audit found."""

from msgspec import Struct


class Line(Struct, frozen=True):
    """`check` names it; not `ok`: `detail` names the place. Where it is ok, `detail` says what was looked at."""

    check: str
    ok: bool
    detail: str


def line(check: str, wrong: list[str], looked_at: str) -> Line:
    """A check that found `wrong`, or that all is well with what it looked at."""
    return Line(check, not wrong, "; ".join(wrong) if wrong else looked_at)

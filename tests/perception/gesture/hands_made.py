"""Hands as the eyes would report them, made for tests."""

from collections.abc import Callable, Iterable

from hub.perception.seen import Hand, HandsSeen, Pointing

ASPECT = 4 / 3


def hand(
    gesture: str = "open_palm",
    *,
    x: float = 0.5,
    y: float = 0.5,
    size: float = 0.1,
    side: str = "right",
    confidence: float = 0.95,
    pointing: Pointing | None = None,
) -> Hand:
    return Hand(hand=side, gesture=gesture, confidence=confidence, x=x, y=y, size=size, pointing=pointing)


def frame(t: float, *hands: Hand) -> HandsSeen:
    return HandsSeen(camera=1, t=t, aspect=ASPECT, hands=hands)


def film(fps: float, seconds: float, at: Callable[[float], Iterable[Hand]], start: float = 0.0) -> list[HandsSeen]:
    """What a camera reports of hands that `at` gives for every second; without hands only once, as the eyes do."""
    frames: list[HandsSeen] = []
    any_before = False
    for number in range(round(seconds * fps) + 1):
        t = start + number / fps
        hands = tuple(at(t - start))
        if hands or any_before:
            frames.append(frame(t, *hands))
        any_before = bool(hands)
    return frames


def holding(*steps: tuple[float, str]) -> Callable[[float], Iterable[Hand]]:
    """A hand that shows each gesture until the second beside it; "" is no hand."""

    def at(t: float) -> Iterable[Hand]:
        name = next((name for until, name in steps if t < until), "")
        return (hand(name),) if name else ()

    return at

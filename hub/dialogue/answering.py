"""Answering: the steps of one sentence or gesture are taken, and what came of it is told."""

from collections.abc import Iterable

from msgspec import Struct

from hub.core.entities import HomeView
from hub.core.events import Origin, Replied
from hub.dialogue.conversation import Session, Step
from hub.dialogue.meanings import Meaning
from hub.dialogue.turns import Circumstances, Means, TurnTaker


class Turn(Struct, frozen=True, kw_only=True):
    """How one sentence was answered. `reason` is the code of what went wrong, empty when understood.

    `ok` is False when a skill or command failed; `ids` are the `IntentMatched` events, whose commands name them as
    causes.
    """

    text: str
    replies: tuple[str, ...] = ()
    intents: tuple[Meaning, ...] = ()
    reason: str = ""
    ok: bool = True
    expects_answer: bool = False
    ids: tuple[int, ...] = ()

    @property
    def reply(self) -> str:
        """All replies in one line."""
        return " ".join(self.replies)


async def answer(
    means: Means,
    home: HomeView,
    steps: Iterable[Step],
    session: Session,
    around: Circumstances,
    now: float,
    *,
    quiet: bool = False,
) -> Turn:
    """Take `steps` in `session`, whose lock is held. Publishes `Replied`; with `quiet` only for what went wrong."""
    taker = TurnTaker(means, home, around)
    await taker.take(steps, session, now)
    turn = Turn(
        text=around.text,
        replies=tuple(taker.replies),
        intents=tuple(taker.intents),
        reason=taker.reason,
        ok=taker.ok,
        expects_answer=session.pending is not None,
        ids=tuple(taker.ids),
    )
    if turn.reply and not (quiet and turn.ok and not turn.reason and not turn.expects_answer):
        session.said = turn.reply
        means.bus.publish(
            Replied(
                text=turn.reply,
                stream=around.reply_to,
                expects_answer=turn.expects_answer,
                origin=Origin(area=around.area, source=around.stream),
                causes=(*turn.ids, *taker.missed) or around.causes,
            )
        )
    return turn

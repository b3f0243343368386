"""The ledger writes each connection down once, whoever asks for it and when."""

import asyncio

from hub.guard.ledger import Ledger


class SlowWriter:
    """Takes its time, as a disk does."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str]] = []

    async def record(self, who: str, where: str, bytes_out: int, bytes_in: int, why: str, at: float) -> None:
        await asyncio.sleep(0.01)
        self.rows.append((who, why))


async def test_writing_at_the_end_may_come_while_writing_is_under_way() -> None:
    writer = SlowWriter()
    ledger = Ledger(writer)
    for number in range(3):
        ledger.refused("swarm", "10.0.0.1:1", str(number))
    await asyncio.gather(ledger.flush(), ledger.flush())
    assert sorted(writer.rows) == [("swarm", f"refused: {number}") for number in range(3)]

"""A ledger that is read back."""


class Rows:
    """Who, where, bytes out, bytes in and why of each connection."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, int, int, str]] = []

    async def record(self, who: str, where: str, bytes_out: int, bytes_in: int, why: str, at: float) -> None:
        self.rows.append((who, where, bytes_out, bytes_in, why))

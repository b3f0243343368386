"""The dialogue, as the page and the API speak to it."""

from hub.dialogue.dialogue import Dialogue
from hub.web.ports import Said


class SpokenTo:
    """A `Speaker` over the dialogue."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue

    async def say(self, text: str, *, area: str = "", person: str = "", channel: str = "ui") -> Said:
        """Take `text` as if it had been heard in `area` from `person`."""
        turn = await self._dialogue.hear(text, area=area, person=person, channel=channel)
        return Said(reply=turn.reply, understood=not turn.reason, expects_answer=turn.expects_answer)

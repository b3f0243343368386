"""The zygote's rehearsal runs what caged processes run, so that they find it run."""

from typing import Any

import pytest

from hub.plugins.cage import rehearsal
from hub.plugins.channel.plugin_side import PluginSide
from hub.plugins.messages import Answer, Pong


def test_a_rehearsed_skill_is_started_asked_and_called(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[Any] = []
    send = PluginSide._send

    async def heard(side: PluginSide, message: Any) -> None:
        said.append(message)
        await send(side, message)

    monkeypatch.setattr(PluginSide, "_send", heard)
    rehearsal.rehearse()
    answers = [message.answer.text for message in said if isinstance(message, Answer)]
    assert [type(message) for message in said].count(Pong) == rehearsal.TIMES
    assert answers == ["went"] * rehearsal.TIMES

"""Eyes that open when somebody has something to show them: when they do, and when they close."""

import asyncio
from typing import cast

import pytest

from hub.core.errors import SealError
from hub.guard.worker_host import WorkerHost
from hub.perception.eyes.eyes import Eyes
from hub.perception.eyes.lids import Lids
from hub.perception.eyes.messages import FromEyes, OpenCamera, UseHead
from tests.perception.eyes.fakes import FakeHost, until


@pytest.fixture
def host() -> FakeHost:
    return FakeHost()


def eyes_of(host: FakeHost) -> Eyes:
    return Eyes(cast("WorkerHost[FromEyes]", host))


async def test_they_open_once_for_several_stay_for_who_comes_soon_and_know_what_was_learnt_meanwhile(
    host: FakeHost,
) -> None:
    lids = Lids(eyes_of(host))
    await lids.eyes.use_head(b"learnt while they were shut")
    async with lids.up() as eyes, lids.up():
        view = await eyes.open("camera.browser:1")
        assert host.lives == 1
        await until(lambda: UseHead(b"learnt while they were shut") in host.sent)
        await view.close()
    async with lids.up():
        assert host.lives == 1
    await lids.close()
    assert not host.running


async def test_what_is_shown_after_they_were_closed_is_seen_once_they_are_open_again(host: FakeHost) -> None:
    lids = Lids(eyes_of(host), linger_s=0.0)
    for life in (1, 2):
        async with lids.up() as eyes:
            view = await eyes.open("camera.browser:1")
            assert (host.lives, isinstance(host.sent[-1], OpenCamera)) == (life, True)
            await view.close()
        await until(lambda: not host.running)


async def test_eyes_that_are_open_for_others_are_left_open(host: FakeHost) -> None:
    eyes = eyes_of(host)
    await eyes.start()
    lids = Lids(eyes, open=True, linger_s=0.0)
    async with lids.up():
        assert host.lives == 1
    await asyncio.sleep(0.01)
    await lids.close()
    assert host.running
    await eyes.stop()


async def test_who_finds_them_shut_for_a_reason_is_told_and_the_next_one_tries_again(host: FakeHost) -> None:
    lids = Lids(eyes_of(host))
    host.fails = SealError("no filter today")
    with pytest.raises(SealError):
        async with lids.up():
            raise AssertionError("they are shut")
    host.fails = None
    async with lids.up():
        assert host.running
    await lids.close()

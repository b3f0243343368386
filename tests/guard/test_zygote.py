"""The zygote: forks, tells how each process ended, kills the one it is told to, and takes all along when it goes."""

import asyncio
import errno
import os
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from hub.core.errors import SealError, WorkerDiedError
from hub.guard.sealing.syscalls import this_architecture
from hub.guard.zygote import zygote as zygote_module
from hub.guard.zygote.messages import CageOrder
from hub.guard.zygote.zygote import Caged, Zygote

pytestmark = pytest.mark.sealed


def order(entry: str, **config: Any) -> CageOrder:
    return CageOrder(entry=entry, config=msgspec.msgpack.encode(config))


def waiting() -> CageOrder:
    """One that waits to be told what to be."""
    return order("hub.plugins.cage.caged_device_main:serve", device="it", code="it.py", ports=[])


@pytest.fixture
async def zygote() -> AsyncIterator[Zygote]:
    if this_architecture() is None:
        pytest.skip("cages need Linux on x86-64 or arm64")
    made = Zygote(("asyncio",))
    yield made
    await made.close()


async def ended(caged: Caged) -> str:
    caged.connection.close()
    error = await caged.gone()
    assert isinstance(error, WorkerDiedError)
    return error.message


async def test_it_runs_its_entry_and_says_how_it_ended(zygote: Zygote) -> None:
    caged = await zygote.fork("it", order("builtins:print", colour="blue"))
    assert caged.pid > 0
    assert await ended(caged) == "it ended"
    assert caged.said_last.endswith("{'colour': 'blue'}")


async def test_an_entry_that_fails_says_why(zygote: Zygote) -> None:
    caged = await zygote.fork("it", order("builtins:nothing_of_the_kind"))
    assert await ended(caged) == "it ended with code 1"
    assert caged.said_last.startswith("AttributeError")


async def test_the_one_that_is_meant_is_killed(zygote: Zygote) -> None:
    first, second = [await zygote.fork(name, waiting()) for name in ("first", "second")]
    first.kill()
    assert await ended(first) == "first was killed by SIGKILL"
    assert not second.ended.done()
    assert await ended(second)


async def test_when_the_hub_lets_go_everything_ends(zygote: Zygote) -> None:
    several = [await zygote.fork("it", waiting()) for _ in range(3)]
    await zygote.close()
    assert [(await caged.gone()).message for caged in several] == ["it ended with the zygote"] * 3
    async with asyncio.timeout(60):
        while any(os.path.exists(f"/proc/{caged.pid}") for caged in several):  # noqa: PTH110
            await asyncio.sleep(0.01)
    again = await zygote.fork("it", order("builtins:print"))  # and it is there again when it is needed
    assert await ended(again) == "it ended"


async def test_it_leaves_in_silence_when_the_hub_did_not_listen_to_the_end(
    zygote: Zygote, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(5):
        caged = await zygote.fork("it", order("builtins:print"))
        while os.path.exists(f"/proc/{caged.pid}"):  # noqa: PTH110 -- the loop must not hear that it ended
            pass
        await zygote.close()
    assert "Traceback" not in capfd.readouterr().err


async def test_what_cannot_be_asked_for(zygote: Zygote, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WorkerDiedError, match="too large"):
        await zygote.fork("it", order("builtins:print", text="x" * 100_000))
    monkeypatch.setattr(zygote_module, "this_architecture", lambda: None)
    with pytest.raises(SealError, match="Linux"):
        await zygote.fork("it", order("builtins:print"))


async def test_a_kernel_that_is_too_old_is_named(zygote: Zygote, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_pid: int) -> int:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(os, "pidfd_open", missing)
    with pytest.raises(SealError, match=r"pidfd_open.*5\.3"):
        await zygote.fork("it", order("builtins:print"))


async def test_a_zygote_that_cannot_start_says_so(zygote: Zygote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zygote_module, "_BOOT", "import sys; sys.exit(3)")
    with pytest.raises(WorkerDiedError, match="died"):
        await zygote.fork("it", order("builtins:print"))

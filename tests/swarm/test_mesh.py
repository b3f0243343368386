import asyncio

import pytest

from hub.core.errors import DeniedError, NotFoundError, ProtocolError, UnavailableError
from hub.swarm.mesh import PAUSING
from hub.swarm.ports import Mesh
from hub.swarm.zenoh_config import LARGEST_MESSAGE
from tests.swarm.meshes import Meshes
from tests.until import until


async def test_messages_to_all_and_to_one() -> None:
    async with Meshes("a", "b", "c") as street:
        a, b, c = street.by_id.values()
        heard: dict[str, list[tuple[str, bytes]]] = {hub: [] for hub in street.by_id}
        for hub, mesh in street.by_id.items():
            mesh.listen("claims", lambda sender, body, hub=hub: heard[hub].append((sender, body)))
        await b.send("claims", b"to all")
        await c.send("claims", b"to a", to="a")
        await until(lambda: len(heard["a"]) == 2 and heard["c"])
        assert sorted(heard["a"]) == [("b", b"to all"), ("c", b"to a")]
        assert heard["b"] == []  # nobody hears itself
        assert heard["c"] == [("b", b"to all")]
        as_others_see_it: Mesh = a
        assert as_others_see_it.hub == "a"


async def test_one_that_stops_listening_hears_nothing() -> None:
    async with Meshes("a", "b") as street:
        a, b = street.by_id.values()
        first: list[bytes] = []
        second: list[bytes] = []
        end = a.listen("t", lambda _, body: first.append(body))
        a.listen("t", lambda _, body: second.append(body))
        end()
        end()
        await b.send("t", b"x")
        await until(lambda: second)
        assert first == []


async def test_a_taker_that_raises_hurts_only_itself() -> None:
    async with Meshes("a", "b") as street:
        a, b = street.by_id.values()
        heard: list[bytes] = []

        def fail(sender: str, body: bytes) -> None:
            raise ValueError(body)

        a.listen("t", fail)
        a.listen("t", lambda _, body: heard.append(body))
        await b.send("t", b"1")
        await b.send("t", b"2")
        await until(lambda: heard == [b"1", b"2"])


async def test_questions_and_answers() -> None:
    async with Meshes("a", "b") as street:
        a, b = street.by_id.values()

        async def answer(sender: str, body: bytes) -> bytes:
            if body == b"denied":
                raise DeniedError("no", remedy="ask the owner")
            if body == b"broken":
                raise ZeroDivisionError("secret inside")
            return sender.encode() + b" said " + body

        end = a.answer("q", answer)
        assert await b.ask("a", "q", b"hello") == b"b said hello"
        with pytest.raises(DeniedError, match="ask the owner"):
            await b.ask("a", "q", b"denied")
        with pytest.raises(UnavailableError) as told:
            await b.ask("a", "q", b"broken")
        assert "secret" not in str(told.value)
        end()
        with pytest.raises(NotFoundError):
            await b.ask("a", "q", b"hello")
        with pytest.raises(UnavailableError):
            await b.ask("nobody", "q", b"hello")


async def test_an_answer_that_hangs_holds_up_nobody() -> None:
    async with Meshes("a", "b") as street:
        a, b = street.by_id.values()
        begun = 0

        async def hang(sender: str, body: bytes) -> bytes:
            nonlocal begun
            begun += 1
            await asyncio.sleep(3600)
            return b""

        async def quick(sender: str, body: bytes) -> bytes:
            return body

        a.answer("hang", hang)
        a.answer("quick", quick)
        waiting = [asyncio.create_task(b.ask("a", "hang", b"", timeout_s=2.0)) for _ in range(5)]
        await until(lambda: begun == 5)
        assert await b.ask("a", "quick", b"1") == b"1"
        for task in waiting:
            with pytest.raises(UnavailableError):
                await task


async def test_a_hub_that_asks_too_much_at_once_is_told_so() -> None:
    async with Meshes("a", "b") as street:
        a, b = street.by_id.values()
        go = asyncio.Event()

        async def wait(sender: str, body: bytes) -> bytes:
            await go.wait()
            return b"done"

        a.answer("wait", wait)
        asked = [asyncio.create_task(b.ask("a", "wait", b"", timeout_s=20.0)) for _ in range(50)]
        await until(lambda: sum(task.done() for task in asked) >= 18)
        go.set()
        done = await asyncio.gather(*asked, return_exceptions=True)
        assert done.count(b"done") == 32
        assert all(isinstance(d, UnavailableError) for d in done if d != b"done")


async def test_watching_who_is_alive() -> None:
    async with Meshes("a", "b", "c") as street:
        a, _, c = street.by_id.values()
        seen: list[frozenset[str]] = []
        end = a.watch(seen.append)
        await c.close()
        street.by_id.pop("c")
        await until(lambda: seen and seen[-1] == {"b"})
        end()
        assert a.alive() == {"b"}


async def test_new_trust_reopens_the_session_and_nobody_takes_the_hub_for_gone() -> None:
    async with Meshes("a", "b") as street:
        a, b = street.by_id.values()
        changes: list[frozenset[str]] = []
        heard: list[bytes] = []
        a.watch(changes.append)
        b.watch(changes.append)
        a.listen("t", lambda _, body: heard.append(body))
        for _ in range(10):
            for mesh in (a, b):  # the second while the first is connecting to it
                await mesh.reopen(["a", "b", "c"], street.keys[mesh.hub])
            heard.clear()
            while not heard:
                await b.send("t", b"still here")
                await asyncio.sleep(0.02)
        assert changes == []
        street.places["c"] = "127.0.0.1:0"
        c = street.make("c", ["a", "b", "c"])
        await c.start()
        street.places["c"] = c.address
        await street.together()


async def test_threat_23_a_removed_hub_is_gone_at_once_though_its_certificate_is_good() -> None:
    async with Meshes("a", "b", "c") as street:
        removed, b, c = street.by_id.values()
        heard: list[str] = []
        for mesh in (b, c):
            mesh.listen("t", lambda sender, _: heard.append(sender))
            await mesh.reopen(["b", "c"], street.keys[mesh.hub])
        await until(lambda: b.alive() == {"c"} and c.alive() == {"b"})
        await until(lambda: ("b", "a") in {told[:2] for told in street.told})  # it is connected again, and told of
        for _ in range(20):
            await removed.send("t", b"let me in")
            await asyncio.sleep(0.01)
        while not heard:  # b and c may be finding each other again
            await c.send("t", b"x")
            await asyncio.sleep(0.02)
        assert set(heard) == {"c"}
        await until(lambda: removed.alive() == frozenset())  # it is told nothing either


async def test_the_address_of_a_hub_may_change() -> None:
    async with Meshes("a", "b") as street:
        a, b = street.by_id.values()
        await b.close()
        await until(lambda: not a.alive())
        moved = street.make("b", listen="127.0.0.1:0")
        await moved.start()
        street.places["b"] = moved.address
        a.moved("b")
        await until(lambda: a.alive() == {"b"})
        street.places["b"] = "127.0.0.1:1"  # a lie about one that is alive changes nothing
        a.moved("b")
        await until(lambda: (street.proved.get("b"), a.alive()) == (moved.address, {"b"}))


async def test_what_goes_out_is_in_the_ledger_with_its_bytes() -> None:
    async with Meshes("a", "b") as street:
        a = street.by_id["a"]
        b = street.by_id["b"]
        heard: list[int] = []
        b.listen("t", lambda _, body: heard.append(len(body)))
        await a.send("t", bytes(100_000))
        await until(lambda: heard == [100_000])
        where = street.places["b"]
        rows = [row for row in await street.ledger() if row[1] == where]
        assert rows[0][0] == "swarm"
        assert rows[0][4] == "mesh with hub b"
        assert 100_000 < sum(row[2] for row in rows) < 120_000


async def test_a_port_that_is_taken_is_said() -> None:
    async with Meshes("a", "b") as street:
        other = street.make("c", ["a", "b", "c"], listen=street.places["a"])
        street.by_id.pop("c")
        with pytest.raises(UnavailableError, match="port"):
            await other.start()


@pytest.mark.parametrize("topic", ["", "a/b", "*", "a*", "$x", "a?b", "x" * 65, "\n"])
async def test_words_that_are_no_topic(topic: str) -> None:
    async with Meshes("a", "b") as street:
        with pytest.raises(ProtocolError):
            await street.by_id["a"].send(topic, b"")


async def test_a_message_of_the_largest_size_arrives_and_a_larger_one_is_refused() -> None:
    async with Meshes("a", "b") as street:
        a, b = street.by_id.values()
        heard: list[int] = []
        b.listen("t", lambda _, body: heard.append(len(body)))
        await a.send("t", bytes(LARGEST_MESSAGE))
        await until(lambda: heard == [LARGEST_MESSAGE])
        for call in (a.send("t", bytes(LARGEST_MESSAGE + 1)), a.ask("b", "t", bytes(LARGEST_MESSAGE + 1))):
            with pytest.raises(ProtocolError, match="Bulk"):
                await call


async def test_the_mesh_keeps_a_topic_for_itself() -> None:
    async with Meshes("a", "b") as street:
        with pytest.raises(ProtocolError):
            await street.by_id["a"].send(PAUSING, b"")

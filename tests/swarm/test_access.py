import asyncio
import json
from typing import Any

import pytest
import zenoh

from hub.core.errors import ProtocolError
from hub.swarm.access import Key, access_control, key_alive, key_ask, key_to, parse
from hub.swarm.zenoh_config import configuration, settings
from tests.swarm.meshes import Meshes
from tests.until import until


def test_keys_are_taken_apart_as_they_are_made() -> None:
    assert parse("h", key_to("h", "a", "all", "t")) == Key("a", "to", "all", "t")
    assert parse("h", key_to("h", "a", "b", "t")) == Key("a", "to", "b", "t")
    assert parse("h", key_ask("h", "a", "b", "t")) == Key("a", "ask", "b", "t")
    assert parse("h", key_alive("h", "a")) == Key("a", "alive")


@pytest.mark.parametrize(
    "key", ["", "hearth/h/a", "hearth/other/a/to/all/t", "hearth/h/a/to/all/t/u", "hearth/h/a/alive/x"]
)
def test_other_keys_are_refused(key: str) -> None:
    with pytest.raises(ProtocolError):
        parse("h", key)


def test_access_is_denied_unless_a_rule_says_otherwise() -> None:
    section = access_control("h", "a", ["a", "b"])
    assert section["enabled"] is True
    assert section["default_permission"] == "deny"
    assert section["subjects"] == [{"id": "b", "cert_common_names": ["b"]}]
    assert {rule["permission"] for rule in section["rules"]} == {"allow"}
    for rule in section["rules"]:
        for key in rule["key_exprs"]:
            assert key.startswith("hearth/h/")
            assert "**" not in key


def test_a_home_of_one_lets_nobody_in() -> None:
    section = access_control("h", "a", ["a"])
    assert section["default_permission"] == "deny"
    assert section["subjects"] == []
    configuration({"access_control": section})


class Rogue:
    """A member of the home whose Zenoh holds back nothing: its certificate is good, its access rules are off."""

    def __init__(self, street: Meshes, hub: str, victim: str) -> None:
        values: dict[str, Any] = settings(street.home.key(hub), [hub], [], [street.places[victim]])
        values["access_control"] = {"enabled": False}
        values["listen/endpoints"] = []
        self.session = zenoh.open(configuration(values))


@pytest.fixture
async def rogue_and_victims() -> Any:
    street = Meshes("b-kitchen", "c-hall")
    street.places["a-rogue"] = ""
    for hub in ("b-kitchen", "c-hall"):
        await street.make(hub).start()
    await street.together()
    rogue = await asyncio.to_thread(Rogue, street, "a-rogue", "b-kitchen")
    yield rogue.session, street
    await asyncio.to_thread(rogue.session.close)
    for mesh in street.by_id.values():
        await mesh.close()


async def test_threat_24_publishing_outside_the_own_key_space(rogue_and_victims: Any) -> None:
    session, street = rogue_and_victims
    heard: list[tuple[str, bytes]] = []
    kitchen = street.by_id["b-kitchen"]
    kitchen.listen("lock", lambda sender, body: heard.append((sender, body)))
    while not heard:  # it is connected: under its own name it is heard
        session.put("hearth/h/a-rogue/to/all/lock", b"\0" + b"own")
        await asyncio.sleep(0.02)
    heard.clear()
    for key in (
        "hearth/h/c-hall/to/all/lock",
        "hearth/h/c-hall/to/b-kitchen/lock",
        "hearth/h/b-kitchen/to/all/lock",
        "hearth/h/*/to/all/lock",
        "hearth/**",
        "hearth/other/a-rogue/to/all/lock",
        "hearth/h/a-rogue/to/c-hall/lock",
        "lock",
    ):
        session.put(key, b"\0" + b"forged")
    session.put("hearth/h/a-rogue/to/all/lock", b"\0" + b"end")
    await until(lambda: ("a-rogue", b"end") in heard)
    assert {body for _, body in heard} <= {b"own", b"end"}
    assert {sender for sender, _ in heard} == {"a-rogue"}
    await until(lambda: any(who == "b-kitchen" and "name" in what for _, who, what in street.told))
    assert any("in this hub's name" in row[4] and row[4].startswith("refused") for row in await street.ledger())


async def test_threat_24_asking_and_answering_in_anothers_name(rogue_and_victims: Any) -> None:
    session, street = rogue_and_victims
    kitchen = street.by_id["b-kitchen"]
    asked: list[str] = []

    async def answer(sender: str, body: bytes) -> bytes:
        asked.append(sender)
        return b"yes"

    kitchen.answer("lock", answer)

    def ask(key: str) -> list[bytes]:
        return [r.ok.payload.to_bytes() for r in session.get(key, payload=b"", timeout=1.0) if r.ok is not None]

    while not asked:
        await asyncio.to_thread(ask, "hearth/h/a-rogue/ask/b-kitchen/lock")
    asked.clear()
    for key in ("hearth/h/c-hall/ask/b-kitchen/lock", "hearth/h/*/ask/b-kitchen/lock", "hearth/**"):
        assert await asyncio.to_thread(ask, key) == []
    assert asked == []
    # and it cannot answer, or be alive, for the hall
    session.declare_queryable("hearth/h/*/ask/c-hall/*", lambda query: query.reply(query.key_expr, b"\0forged"))
    token = session.liveliness().declare_token("hearth/h/d-ghost/alive")
    assert token is not None

    async def true(sender: str, body: bytes) -> bytes:
        return b"true"

    street.by_id["c-hall"].answer("q", true)
    for _ in range(20):
        assert await kitchen.ask("c-hall", "q", b"") == b"true"
    assert "d-ghost" not in kitchen.alive()


async def test_a_hub_tells_a_member_nothing_that_was_meant_for_another(rogue_and_victims: Any) -> None:
    session, street = rogue_and_victims
    overheard: list[str] = []
    session.declare_subscriber("**", lambda sample: overheard.append(str(sample.key_expr)))
    session.declare_subscriber("hearth/h/*/to/*/*", lambda sample: overheard.append(str(sample.key_expr)))
    session.declare_subscriber("hearth/h/*/to/all/*", lambda sample: overheard.append(str(sample.key_expr)))
    kitchen = street.by_id["b-kitchen"]
    while not overheard:
        await kitchen.send("secret", b"", to="c-hall")
        await kitchen.send("news", b"")
        await asyncio.sleep(0.02)
    assert set(overheard) == {"hearth/h/b-kitchen/to/all/news"}


def test_the_settings_are_what_zenoh_understood() -> None:
    street = Meshes("a", "b")
    values = settings(street.home.key("a"), ["a", "b"], ["127.0.0.1:1234"], ["127.0.0.1:1235"])
    config = configuration(values)
    assert json.loads(config.get_json("scouting/multicast/enabled")) is False
    assert json.loads(config.get_json("scouting/gossip/enabled")) is False
    assert json.loads(config.get_json("transport/link/protocols")) == ["tls"]
    assert json.loads(config.get_json("transport/link/tls/enable_mtls")) is True
    assert json.loads(config.get_json("transport/link/tls/verify_name_on_connect")) is True
    assert json.loads(config.get_json("transport/link/tx/lease")) == 2000
    assert json.loads(config.get_json("access_control/default_permission")) == "deny"
    assert json.loads(config.get_json("adminspace/enabled")) is False

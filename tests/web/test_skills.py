"""The API of skills, with real packages and a real host of skills behind it."""

import asyncio
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from hub.core.bus import Bus
from hub.core.settings import PluginSettings
from hub.plugins.packages.author_key import AuthorKey, fingerprint
from hub.plugins.packages.package import MOST_PACKAGE_BYTES
from hub.plugins.ports.hub_ports import HubPorts
from hub.plugins.skills.home_skills import HomeSkills
from hub.plugins.skills.skill_host import SkillHost
from hub.web.api import skills as routes
from hub.web.server import WebServer
from tests.plugins.packages import LOCALE, crafted, link, skill_files
from tests.web.asking import post

from .conftest import browser, somebody
from .raw_connection import RawConnection, connect

Client = aiohttp.ClientSession
PORTS: Any = HubPorts(home=None, timers=None, data=None, say=None)  # type: ignore[arg-type]
BYTES = {"Content-Type": "application/octet-stream"}
OPTIONAL = b'[[grant]]\nport = "home.people"\nwhy = "To greet you."\noptional = true\n'
SETTING = b'[[setting]]\nname = "often"\nlabel = "How often"\ndefault = 3\nmax = 9\n'


@pytest.fixture
async def skills(server: WebServer, bus: Bus, tmp_path: Path) -> AsyncIterator[HomeSkills]:
    """Real skills behind the server."""
    host = SkillHost(bus)

    async def nothing(_skill: str) -> None: ...

    made = HomeSkills(tmp_path / "home", PluginSettings(), host, bus, changed=nothing, forget=nothing)
    await made.start(PORTS)
    server.rooms.skills = made
    yield made
    made.close()
    await host.close()


@pytest.fixture
def key(tmp_path: Path) -> AuthorKey:
    return AuthorKey.at(tmp_path / "author.key")


def package(key: AuthorKey, *grants: str, version: str = "1.0") -> bytes:
    files = skill_files(*grants, version=version)
    files["skill.toml"] += OPTIONAL + SETTING
    files["locale/en.yaml"] = LOCALE + b"    examples: [let it go]\n"
    return crafted(files, key, version=version)


async def _post(client: Client, what: str, body: Any, status: int = 200) -> Any:
    return await post(client, f"skills/{what}", body, status)


async def _review(client: Client, content: bytes, status: int = 200) -> Any:
    async with client.post("/api/v1/skills/review", data=content, headers=BYTES) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def _all(client: Client) -> dict[str, Any]:
    async with client.get("/api/v1/skills") as answer:
        assert answer.status == 200, await answer.text()
        return {one["skill"]: one for one in (await answer.json())["skills"]}


async def test_a_skill_is_reviewed_installed_switched_and_removed(
    skills: HomeSkills, client: Client, key: AuthorKey, tmp_path: Path
) -> None:
    lights = (await _all(client))["lights"]
    assert (lights["source"], lights["on"], lights["condition"]["state"]) == ("hub", True, "running")
    assert lights["examples"]["en"] and lights["examples"]["de"]

    review = await _review(client, package(key, "home.control=light"))
    assert (review["skill"], review["signer"], review["signer_known"]) == ("mine", fingerprint(key.signer), False)
    assert review["examples"] == {"en": ["let it go"]}
    asked = {grant["grant"]: grant for grant in review["grants"]}
    assert asked["home.control=light"]["words"] == "control things of the home (only: light): Because."
    assert (asked["home.people"]["optional"], asked["home.people"]["why"]) == (True, "To greet you.")
    assert not (tmp_path / "home").exists()

    told = await _post(client, "install", {"digest": review["digest"], "grants": ["home.control=light"]})
    assert (told["condition"]["state"], told["signer"]) == ("running", review["signer"])
    assert [grant["agreed"] for grant in told["grants"]] == [True, False]
    told = await _post(client, "grant", {"skill": "mine", "grants": list(asked)})
    assert [grant["agreed"] for grant in told["grants"]] == [True, True]
    [setting] = told["settings"]
    assert (setting["label"], setting["value"], setting["max"]) == ("How often", 3, 9)
    told = await _post(client, "configure", {"skill": "mine", "values": {"often": 4}})
    assert told["settings"][0]["value"] == 4
    refused = await _post(client, "configure", {"skill": "mine", "values": {"often": 10}}, 422)
    assert refused["error"]["remedy"] == "choose a whole number up to 9"
    await _post(client, "configure", {"skill": "mine", "values": {}}, 422)
    assert (await _post(client, "switch", {"skill": "mine", "on": False}))["condition"]["state"] == "off"
    assert (await _post(client, "remove", {"skill": "mine"})) == {"skill": "mine"}
    assert "mine" not in await _all(client)
    await _post(client, "remove", {"skill": "mine"}, 404)


async def test_threat_38_an_update_says_what_is_new_and_asks_again(
    skills: HomeSkills, client: Client, key: AuthorKey
) -> None:
    first = await _review(client, package(key, "store"))
    await _post(client, "install", {"digest": first["digest"], "grants": ["store"]})
    update = await _review(client, package(key, "store", "say", version="1.1"))
    assert (update["before"], update["signer_known"]) == ("1.0", True)
    assert [(one["grant"], one["new"]) for one in update["grants"]] == [
        ("store", False), ("say", True), ("home.people", True),
    ]  # fmt: skip
    refused = await _post(client, "install", {"digest": update["digest"], "grants": ["store"]}, 422)
    assert "cannot do without 'say'" in refused["error"]["message"]
    assert (await _all(client))["mine"]["version"] == "1.0"


async def test_threat_38_what_no_honest_author_makes_is_refused_before_unpacking(
    skills: HomeSkills, client: Client, key: AuthorKey, tmp_path: Path
) -> None:
    files = skill_files()
    forged = [
        crafted({**files, "../evil": b""}, key),
        crafted({**files, "/etc/evil": b""}, key),
        crafted({**files, "Skill.py": b""}, key),
        crafted(files, key, more=[link("words.py", "/etc/passwd")]),
        crafted(files, key, more=[("more.py", b"")]),
        crafted(files, key, compression=zipfile.ZIP_DEFLATED),
        crafted(files, key, unsigned=True),
        crafted(files, key, signature=b"x" * 64),
        crafted({**files, "skill.toml": b"id = 1"}, key),
        crafted({**files, "locale/en.yaml": LOCALE + b'replies: {x: "{{ 9 ** 9 }}"}'}, key),
        b"PK", b"",
    ]  # fmt: skip
    for content in forged:
        refused = await _review(client, content, 422)
        assert refused["error"]["code"] in ("package", "manifest")
        assert str(tmp_path) not in str(refused)
    assert not (tmp_path / "home").exists()


async def test_what_is_not_as_the_api_takes_it_is_refused(skills: HomeSkills, client: Client, key: AuthorKey) -> None:
    assert routes.MOST_BYTES == MOST_PACKAGE_BYTES
    async with client.post("/api/v1/skills/review", json={}) as answer:
        assert answer.status == 415
    async with client.post("/api/v1/skills/review", data=b"x", headers={**BYTES, "Content-Encoding": "gzip"}) as answer:
        assert answer.status == 400
    await _post(client, "install", {"digest": "0" * 64, "grants": []}, 404)
    for body in ({"digest": "x", "grants": []}, {"digest": "0" * 64}, {"digest": "0" * 64, "grants": "all"}):
        await _post(client, "install", body, 422)
    await _post(client, "switch", {"skill": "../lights", "on": False}, 422)
    await _post(client, "switch", {"skill": "nobody", "on": False}, 404)
    await _post(client, "remove", {"skill": "lights"}, 404)
    await _post(client, "grant", {"skill": "lights", "grants": []}, 404)


def _head(server: WebServer, *more: str) -> bytes:
    lines = [
        "POST /api/v1/skills/review HTTP/1.1", f"Host: 127.0.0.1:{server.port}",
        "Content-Type: application/octet-stream", *more,
    ]  # fmt: skip
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def test_threat_37_a_package_too_large_or_too_slow_is_not_waited_for(
    server: WebServer, skills: HomeSkills, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = await connect(server)
    await raw.send(_head(server, f"Content-Length: {MOST_PACKAGE_BYTES + 1}"))
    assert await raw.status() == 413
    raw.close()
    raw = await connect(server)
    await raw.send(_head(server, "Transfer-Encoding: chunked"))
    await _until_refused(raw)
    assert await raw.status() == 413
    raw.close()
    monkeypatch.setattr(routes, "_UPLOAD_S", 0.1)
    raw = await connect(server)
    await raw.send(_head(server, "Content-Length: 10"))
    assert await raw.status() == 408
    raw.close()


async def _until_refused(raw: RawConnection) -> None:
    """Chunks without end, until the server answers."""
    chunk = b"100000\r\n" + bytes(1 << 20) + b"\r\n"
    for _ in range(MOST_PACKAGE_BYTES // (1 << 20) + 4):
        try:
            await raw.send(chunk)
        except ConnectionError:
            return
        if raw.reader._buffer:  # type: ignore[attr-defined]
            return
        await asyncio.sleep(0)


async def test_another_site_and_who_may_not_change_nothing(
    guarded: WebServer, owner: Client, server: WebServer, client: Client
) -> None:
    headers = {"Origin": "http://evil.example"}
    async with client.post("/api/v1/skills/review", data=b"", headers={**BYTES, **headers}) as answer:
        assert answer.status == 403
    for what in ("install", "switch", "grant", "configure", "remove"):
        async with client.post(f"/api/v1/skills/{what}", json={}, headers=headers) as answer:
            assert answer.status == 403
    member = await somebody(owner, guarded, "member")
    member.headers["Origin"] = f"http://127.0.0.1:{guarded.port}"
    assert list(await _all(member)) == ["lights"]
    await _review(member, b"", 403)
    await member.close()
    guest = await somebody(owner, guarded, "guest")
    async with guest.get("/api/v1/skills") as answer:
        assert answer.status == 403
    await guest.close()
    async with browser(guarded) as stranger:
        await _review(stranger, b"", 401)


async def test_a_hub_without_skills_says_so(empty_server: WebServer, client: Client) -> None:
    async with client.get("/api/v1/skills") as answer:
        assert answer.status == 503
    await _review(client, b"", 503)

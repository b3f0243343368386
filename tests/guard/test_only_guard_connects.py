"""Nothing in the hub opens a connection but `hub.guard`: read from the code itself."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CALLS = {
    "socket.create_connection", "socket.socket", "socket.fromfd", "asyncio.open_connection",
    "asyncio.open_unix_connection", "aiohttp.ClientSession", "aiohttp.request", "urllib.request.urlopen",
    "ssl.create_default_context", "ssl.SSLContext", "ssl._create_unverified_context", "os.system", "os.popen",
}  # fmt: skip
MODULES = {"requests", "httpx", "urllib3", "urllib.request", "ftplib", "smtplib", "telnetlib", "poplib", "imaplib",
           "nntplib", "xmlrpc.client", "websockets", "pycurl", "paramiko"}  # fmt: skip
METHODS = {
    "create_connection", "create_unix_connection", "create_datagram_endpoint", "sock_connect", "connect_ex",
    "open_connection", "open_unix_connection", "urlopen",
}  # fmt: skip
CONSTRUCTORS = {"HTTPConnection", "HTTPSConnection", "ClientSession", "AsyncTcpClient", "AsyncUnixClient"}

ALLOWED = {
    # file, name: why it is right
    ("hub/guard/connect.py", "asyncio.open_connection"): "this is the guard",
    ("hub/guard/http_connection.py", "http.client.HTTPConnection"): "speaks HTTP over a socket that it is handed",
    ("hub/guard/tls.py", "ssl.create_default_context"): "this is where contexts are built",
    ("hub/guard/tls.py", "ssl.SSLContext"): "this is where contexts are built",
    ("hub/guard/worker_process.py", "asyncio.open_connection"): "over its own socket pair",
    ("hub/guard/worker_main.py", "socket.socket"): "the worker's end of that pair",
    ("hub/guard/zygote/main.py", "socket.socket"): "the zygote's and its children's ends of their pairs",
    (
        "hub/plugins/channel/relay.py",
        "asyncio.open_connection",
    ): "over what the guard opened, and a pair of sockets",
    (
        "hub/plugins/channel/device_plugin_side.py",
        "socket.socket",
    ): "the end of a pair that the hub handed over",
    ("hub/swarm/leftovers.py", "socket.socket"): "shuts down sockets of this process that are open already",
    ("hub/cli/doctor/web_checks.py", "socket.socket"): "tries whether a port can be bound; connects nowhere",
    ("hub/cli/beside.py", "aiohttp.ClientSession"): "asks the hub that runs over the same home, on loopback",
    ("hub/bench/many_pages.py", "aiohttp.ClientSession"): "pages of the hub that the benchmark started, on loopback",
    ("hub/bench/mesh_websocket.py", "aiohttp.ClientSession"): "the peer of a benchmark, on loopback",
    ("hub/bench/audit/packets.py", "socket.socket"): "reads the packets that leave; connects nowhere",
    ("hub/bench/audit/stranger/skills/stranger/skill.py", "socket.create_connection"): "tries what must fail",
    ("hub/bench/audit/stranger/skills/stranger/skill.py", "socket.socket"): "tries what must fail",
    ("hub/bench/hub_process.py", "urllib.request"): "asks the hub that it started, on loopback",
    ("hub/bench/hub_process.py", "urllib.request.urlopen"): "asks the hub that it started, on loopback",
    ("devices/mqtt/client.py", "socket.socket"): "makes a descriptor that the hub handed over a socket again",
}


def uses(path: Path) -> list[tuple[str, int]]:
    """Every way out that the file names, with its line."""
    tree = ast.parse(path.read_text())
    names: dict[str, str] = {}
    found: list[tuple[str, int]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
                if alias.name in MODULES or alias.name.split(".")[0] in MODULES:
                    found.append((alias.name, node.lineno))
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
            if node.module in MODULES or node.module.split(".")[0] in MODULES:
                found.append((node.module, node.lineno))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = full_name(node.func, names)
        last = name.rpartition(".")[2]
        if name in CALLS or last in METHODS or last in CONSTRUCTORS:
            found.append((name, node.lineno))
    return found


def full_name(node: ast.expr, names: dict[str, str]) -> str:
    if isinstance(node, ast.Attribute):
        return f"{full_name(node.value, names)}.{node.attr}"
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    return "?"


def test_only_the_guard_opens_connections() -> None:
    offences = []
    folders = [ROOT / "hub", ROOT / "skills", ROOT / "devices"]
    for path in sorted(p for folder in folders for p in folder.rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        if "/tests/" in place or "/_bundled/" in place:
            continue
        offences += [f"{place}:{line} {name}" for name, line in uses(path) if (place, name) not in ALLOWED]
    assert offences == [], "connect through hub.guard, or give the exception its reason in ALLOWED"


def test_no_exception_outlives_its_use() -> None:
    unused = [(place, name) for place, name in ALLOWED if name not in {found for found, _ in uses(ROOT / place)}]
    assert unused == []


@pytest.mark.parametrize(
    "code",
    [
        "import socket\nsocket.create_connection(('a', 1))",
        "from socket import create_connection as c\nc(('a', 1))",
        "import socket as s\ns.socket()",
        "import asyncio\nasync def f():\n    await asyncio.open_connection('a', 1)",
        "async def f(loop):\n    await loop.create_connection(None, 'a', 1)",
        "import aiohttp\naiohttp.ClientSession()",
        "from urllib.request import urlopen\nurlopen('x')",
        "import requests",
        "import http.client\nhttp.client.HTTPSConnection('a')",
        "import ssl\nssl._create_unverified_context()",
        "from wyoming.client import AsyncTcpClient\nAsyncTcpClient('a', 1)",
    ],
)
def test_the_lint_sees_it(code: str, tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text(code)
    assert uses(path)


def test_the_lint_lets_listeners_be(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text("import asyncio\nasync def f():\n    await asyncio.start_server(None, '127.0.0.1', 0)\n")
    assert uses(path) == []

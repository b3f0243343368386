"""Hub processes for the mesh's benchmark, and the certificates of the home that they live in."""

import asyncio
import datetime
import ipaddress
import signal
import sys
from typing import Any, ClassVar, Final

import msgspec

from hub.bench.mesh_hub import Do, Said, Start
from hub.core.errors import WorkerDiedError
from hub.swarm.zenoh_config import SAN_ADDRESS, MeshKey, with_port

PATIENCE_S: Final = 60.0


class BenchHome:
    """A home with a root of its own, which signs hubs. For benchmarks and tests; real homes have `hub.swarm.fabric`."""

    def __init__(self, name: str = "h") -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self.name = name
        self._key = Ed25519PrivateKey.generate()
        self._root = self._sign(
            f"root of {name}", f"root of {name}", self._key.public_key(), -400, 3650, authority=True
        )

    @property
    def root(self) -> bytes:
        """The root's certificate (PEM)."""
        return _pem(self._root)

    def key(self, hub: str, *, first: float = -1, last: float = 365, root: bytes | None = None) -> MeshKey:
        """A hub's key, its certificate valid from `first` to `last` days from now."""
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        private = Ed25519PrivateKey.generate()
        leaf = self._sign(hub, f"root of {self.name}", private.public_key(), first, last, authority=False)
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return MeshKey(hub=hub, home=self.name, root=root or self.root, certificate=_pem(leaf), private_key=pem)

    def _sign(self, name: str, issuer: str, public: Any, first: float, last: float, *, authority: bool) -> Any:
        from cryptography import x509
        from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

        from hub.swarm.certificates import dns_name

        def named(text: str) -> x509.Name:
            return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named(issuer))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + datetime.timedelta(days=first))
            .not_valid_after(now + datetime.timedelta(days=last))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        )
        if not authority:
            uses = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
            names = [
                x509.IPAddress(ipaddress.ip_address(SAN_ADDRESS)),
                x509.DNSName(dns_name(name)),
            ]
            builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self._key, None)


def _pem(certificate: Any) -> bytes:
    from cryptography.hazmat.primitives import serialization

    pem: bytes = certificate.public_bytes(serialization.Encoding.PEM)
    return pem


class HubProcess:
    """One hub process; `said` is everything that it said so far."""

    def __init__(self, hub: str, process: asyncio.subprocess.Process) -> None:
        self.hub = hub
        self.process = process
        self.said: list[Said] = []
        self._news = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            self.said.append(msgspec.json.decode(line, type=Said))
            self._news.set()
        self._news.set()

    async def wait_for(self, what: str, since: int = 0, hubs: frozenset[str] | None = None) -> Said:
        """The first that it said after the first `since` with this `what` (and exactly these hubs)."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for said in self.said[since:]:
                    if said.what == what and (hubs is None or frozenset(said.hubs) == hubs):
                        return said
                if self._reader.done():
                    raise WorkerDiedError(f"the process of hub {self.hub} ended")
                self._news.clear()
                await self._news.wait()

    async def do(self, do: Do, answer: str) -> Said:
        """Have it do something, and return what it says about it."""
        since = len(self.said)
        self.tell(do)
        return await self.wait_for(answer, since)

    def tell(self, do: Do) -> None:
        """Have it do something."""
        assert self.process.stdin is not None
        self.process.stdin.write(msgspec.json.encode(do) + b"\n")

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    async def end(self) -> None:
        """Kill it."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self._reader


class HubProcesses:
    """Several hub processes of one home; use as a context. All see all when it is entered."""

    module: ClassVar[str] = "hub.bench.mesh_hub"
    """What each process runs: it reads a `Start`, says `ready`, and `alive` of the hubs that it sees."""

    def __init__(self, *hubs: str, home: BenchHome | None = None) -> None:
        self.home = home or BenchHome()
        self.places = {hub: with_port("127.0.0.1:0") for hub in hubs}
        self.by_id: dict[str, HubProcess] = {}

    async def __aenter__(self) -> "HubProcesses":
        try:
            for hub in self.places:
                await self._start(hub)
            for hub, process in self.by_id.items():
                await process.wait_for("alive", hubs=frozenset(self.places) - {hub})
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def _start(self, hub: str) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", self.module),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=1 << 24,
        )
        self.by_id[hub] = HubProcess(hub, process)
        assert process.stdin is not None
        process.stdin.write(msgspec.json.encode(Start(self.home.key(hub), self.places)) + b"\n")
        await self.by_id[hub].wait_for("ready")

    async def __aexit__(self, *error: object) -> None:
        await asyncio.gather(*(process.end() for process in self.by_id.values()))

"""The conversation with one broker: connect, listen, command, and again after it was gone."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import aiomqtt
import structlog

from hub.core.errors import HearthError, ProtocolError
from hub.sdk import CommandError, Context, DeviceCommand, StateReported, Trouble, UnavailableError, Update

from .acknowledgements import Acknowledgements
from .client import Client, as_socket
from .config import Config
from .discovery import Found, discover, is_config
from .ids import EntityIds
from .payload import MAX_BYTES, MAX_LIST_BYTES, Payload
from .refusals import why
from .roster import Roster
from .tasks import first_of, stop
from .zigbee.bridge import Bridge

log = structlog.get_logger(__name__)
_MAX_COMPLAINTS = 2000
_BATCH = 100
_REFUSED = 0x80  # of MQTT's reason codes, from here on they are failures


class Session:
    """One broker's entities. `updates()` runs it until it is cancelled."""

    def __init__(self, ctx: Context, config: Config, ids: EntityIds) -> None:
        self._ctx = ctx
        self._config = config
        self._ids = ids
        self._roster = Roster(ids)
        self._bridge = Bridge(config.zigbee2mqtt_topic) if config.zigbee2mqtt_topic else None
        self._acks = Acknowledgements(config.timeout_s)
        self._client: Client | None = None
        self._modern = True
        self._trouble = False
        self._queue: asyncio.Queue[Update | BaseException] = asyncio.Queue(maxsize=1000)
        self._subscribe = asyncio.Event()
        self._complaints: set[str] = set()

    async def updates(self) -> AsyncIterator[Update]:
        """What happens to the broker's entities."""
        loop = asyncio.get_running_loop()
        tasks = [loop.create_task(run()) for run in (self._stay_connected, self._take_commands, self._watch_clock)]
        for task in tasks:
            task.add_done_callback(self._ended)
        try:
            while True:
                update = await self._queue.get()
                if isinstance(update, BaseException):
                    raise update
                yield update
        finally:
            await stop(*tasks)
            self._acks.fail_all(UnavailableError("the integration was stopped", place="mqtt"))

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and task.exception() is not None:
            while self._queue.full():
                self._queue.get_nowait()
            self._queue.put_nowait(task.exception() or RuntimeError("ended"))

    # -- the connection --------------------------------------------------------------------------------------------

    async def _stay_connected(self) -> None:
        wait = self._config.first_wait_s
        while True:
            began = asyncio.get_running_loop().time()
            try:
                await self._converse()
            except (aiomqtt.MqttError, HearthError, OSError, TimeoutError) as error:
                told = why(error, address=self._address, username=self._config.username)
                log.warning("broker cannot be reached", broker=self._address, error=told, retry_s=round(wait, 1))
                self._trouble = True
                await self._tell([Trouble(told)])
            if self._roster.connected:
                wait = self._config.first_wait_s  # it had worked: this is a new trouble
                self._acks.fail_all(self._gone())
                await self._tell(self._roster.broker_lost())
            elif asyncio.get_running_loop().time() - began < 5:
                self._modern = not self._modern  # an old broker may not know MQTT 5
            await asyncio.sleep(wait * random.uniform(0.8, 1.2))  # noqa: S311 -- hubs should not all knock at once
            wait = min(wait * 2, self._config.longest_wait_s)

    async def _converse(self) -> None:
        config = self._config
        connection = as_socket(await self._ctx.connect(config.host, config.port))
        try:
            client = Client(
                connection, config.host, config.port, modern=self._modern,
                username=config.username or None, password=config.password or None, timeout=10, keepalive=30,
            )  # fmt: skip
            async with client:
                try:
                    await first_of(self._listen(client), self._keep_subscribed(client))
                finally:
                    self._client = None
        finally:
            connection.close()

    async def _listen(self, client: Client) -> None:
        self._client = client
        if self._trouble:
            self._trouble = False
            await self._tell([Trouble("")])
        await self._tell(self._roster.broker_back())
        prefix = self._config.discovery_prefix
        wanted = {f"{prefix}/+/+/config": 0, f"{prefix}/+/+/+/config": 0} if prefix else {}
        wanted |= dict.fromkeys(self._bridge.topics(), 0) if self._bridge else {}
        self._roster.to_subscribe = wanted | self._roster.to_subscribe
        self._subscribe.set()
        log.info("broker connected", broker=self._address, mqtt=5 if client.modern else 3)
        async for message in client.messages:
            try:
                await self._hear(message.topic.value, message.payload, retained=message.retain)
            except Exception as error:  # one message, whatever is in it, costs no other
                log.exception("a message could not be handled", topic=message.topic.value[:200], error=str(error))

    async def _keep_subscribed(self, client: Client) -> None:
        while True:
            await self._subscribe.wait()
            self._subscribe.clear()
            roster = self._roster
            unwanted, roster.to_unsubscribe = sorted(roster.to_unsubscribe), set()
            for start in range(0, len(unwanted), _BATCH):
                await client.unsubscribe(unwanted[start : start + _BATCH])
            wanted, roster.to_subscribe = list(roster.to_subscribe.items()), {}
            for start in range(0, len(wanted), _BATCH):
                batch = wanted[start : start + _BATCH]
                codes: Any = await client.subscribe(batch)
                for (topic, _), code in zip(batch, codes, strict=False):
                    number: int = getattr(code, "value", code)
                    if number >= _REFUSED:
                        refused = ProtocolError("the broker refuses the subscription", place=topic, remedy="allow it")
                        self._complain([refused])
            asks, roster.to_ask = roster.to_ask, []
            for ask in asks:
                await client.publish(ask.topic, ask.payload, ask.qos)

    # -- what the broker says --------------------------------------------------------------------------------------

    async def _hear(self, topic: str, data: Any, *, retained: bool) -> None:
        data = data if isinstance(data, bytes) else bytes(data or b"")
        bridge = self._bridge
        of_bridge = bridge is not None and topic in bridge.topics()
        if len(data) > (MAX_LIST_BYTES if of_bridge else MAX_BYTES):
            self._complain([ProtocolError("larger than 1 MiB", place=topic[:200], remedy="publish less")])
            return
        payload = Payload(topic, data)
        if is_config(topic, self._config.discovery_prefix):
            await self._describe(topic, discover(payload, self._config.discovery_prefix))
        if bridge is not None and of_bridge:
            await self._hear_bridge(bridge, payload)
        heard = self._roster.hear(payload, asyncio.get_running_loop().time())
        self._complain(heard.problems)
        await self._tell(heard.updates)
        if not retained:
            for entity, report in heard.reports:
                self._acks.hear(entity, report)

    async def _hear_bridge(self, bridge: Bridge, payload: Payload) -> None:
        if payload.topic.endswith("/bridge/info"):
            self._complain(bridge.read_info(payload))
        elif payload.topic.endswith(("/bridge/devices", "/bridge/groups")):
            read = bridge.read_devices if payload.topic.endswith("devices") else bridge.read_groups
            found = Found()
            found.entities, found.problems = read(payload)
            await self._describe(payload.topic, found)

    async def _describe(self, topic: str, found: Found) -> None:
        self._complain(found.problems)
        entities = found.entities
        if self._bridge is not None and found.origin == "Zigbee2MQTT":
            own = f"{self._bridge.base}/"  # the bridge's own topics tell the same, and more
            entities = [e for e in entities if not all(t.startswith(own) for t in e.topics())]
        updates, problems = self._roster.describe(topic, entities)
        self._complain(problems)
        await self._tell(updates)
        self._subscribe.set()
        if self._ids.changed:
            self._ids.changed = False
            await self._ctx.store.set("ids", self._ids.saved)

    def _complain(self, problems: list[ProtocolError]) -> None:
        for problem in problems:
            text = str(problem)
            if text not in self._complaints and len(self._complaints) < _MAX_COMPLAINTS:
                self._complaints.add(text)
                log.warning("message left out", error=text)

    async def _tell(self, updates: list[Update]) -> None:
        for update in updates:
            await self._queue.put(update)

    async def _watch_clock(self) -> None:
        while True:
            await asyncio.sleep(0.2)
            await self._tell(self._roster.pass_time(asyncio.get_running_loop().time()))

    # -- what the hub says -----------------------------------------------------------------------------------------

    async def _take_commands(self) -> None:
        running: set[asyncio.Task[None]] = set()
        try:
            async for command in self._ctx.commands:
                task = asyncio.get_running_loop().create_task(self._command(command))
                running.add(task)
                task.add_done_callback(running.discard)
        finally:
            await stop(*running)

    async def _command(self, command: DeviceCommand) -> None:
        try:
            await self._send(command)
        except CommandError as error:
            self._acks.forget(command)
            command.fail(error)
        except (ProtocolError, aiomqtt.MqttError, ValueError) as error:
            self._acks.forget(command)
            command.fail(CommandError(str(error), place=command.entity))

    async def _send(self, command: DeviceCommand) -> None:
        client, member = self._client, self._roster.find(command.entity)
        if client is None:
            raise self._gone()
        if member is None:
            raise UnavailableError(f"{command.entity} is no longer announced", remedy="is the device still there?")
        write = member.source.writers.get(command.trait)
        messages = write(command.value) if write else ()
        if not messages:
            raise CommandError(f"{command.entity} cannot be told {command.trait} {command.value!r}"[:200])
        confirmed = command.trait in member.source.confirmed
        if confirmed:
            self._acks.expect(command, member.values.get(command.trait), member.source.place)
        for message in messages:
            await client.publish(message.topic, message.payload, message.qos, message.retain)
        if not confirmed:
            await self._assume(command)

    async def _assume(self, command: DeviceCommand) -> None:
        """Nothing will be reported back: the state is what was sent."""
        member = self._roster.find(command.entity)
        if member is not None and command.trait != "Press":
            member.values[command.trait] = command.value
            await self._tell([StateReported(command.entity, command.trait, command.value, (command.id,))])
        command.done()

    @property
    def _address(self) -> str:
        return f"{self._config.host}:{self._config.port}"

    def _gone(self) -> UnavailableError:
        return UnavailableError(
            f"the MQTT broker {self._address} cannot be reached", remedy="start it; the hub connects again by itself"
        )

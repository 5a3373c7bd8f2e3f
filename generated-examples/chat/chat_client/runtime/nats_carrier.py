"""NATS, reached through FastStream's broker; on the wire every message is a plain NATS message with headers.

`/` in an address is written `.`. A channel with `x-jetstream` is kept in a stream (its `stream`, else `messages`),
acknowledged message by message, and given to another consumer when its reader dies; so are dead letters, wherever
the server has JetStream. Any other channel is NATS core: a message is lost with the process that has it in hand,
and where nobody listens. A group without a name listens from now on and leaves no consumer behind.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping

from faststream.nats import NatsBroker
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from .address import DEAD
from .binding import Options, text
from .carrier import NO_OPTIONS, CannotConnect, Deliver, Undelivered, Unsubscribe
from .carrier_subscriptions import Subscriptions, told_as
from .intake import PAUSE, Arrival, Intake
from .native_headers import besides, received
from .tasks import ended
from .wildcards import Spelling

CONNECT_TIMEOUT = 5.0
PUBLISH_TIMEOUT = 30
FETCH_TIMEOUT = 2.0
STREAM = "messages"


class NatsCarrier:
    """Moves messages over one connection; `ack_wait` seconds without a word mean that a reader is dead."""

    def __init__(self, url: str, ack_wait: float = 30.0) -> None:
        self._broker = NatsBroker(
            url, logger=None, max_reconnect_attempts=-1, reconnect_time_wait=1
        )
        self._ack_wait = ack_wait
        self._client: Client | None = None
        self._streams: _Streams | None = None
        self._subscriptions = Subscriptions()

    async def start(self) -> None:
        """Returns once connected; raises CannotConnect to be tried again."""
        failed = CannotConnect("NATS does not answer")
        async with told_as(failed, (Error,), CONNECT_TIMEOUT):
            self._client = await self._broker.connect()
            self._streams = _Streams(self._client.jetstream())

    async def stop(self, grace: float) -> None:
        """Takes nothing more, lets what is in hand end, then closes."""
        await self._subscriptions.stop(grace)
        await self._broker.stop()

    async def publish(
        self,
        address: str,
        body: bytes,
        headers: Mapping[str, str],
        options: Options = NO_OPTIONS,
    ) -> None:
        """Returns once the server has the message; raises Undelivered otherwise."""
        failed = Undelivered(f"NATS did not take a message for {address}")
        if self._client is None or self._streams is None:
            raise failed
        subject = Spelling(address, ".").key
        async with told_as(failed, (Error,), PUBLISH_TIMEOUT):
            if await self._streams.holds(address, options):
                await self._streams.context.publish(
                    subject, body, headers={**headers}, timeout=PUBLISH_TIMEOUT
                )
                return
            own = besides(headers, ["reply-to"])
            reply = headers.get("reply-to", "")
            await self._client.publish(subject, body, reply, own or None)
            await self._client.flush(PUBLISH_TIMEOUT)

    async def subscribe(
        self,
        address: str,
        group: str,
        deliver: Deliver,
        limit: int = 8,
        options: Options = NO_OPTIONS,
    ) -> Unsubscribe:
        """Takes the messages of an address for a group; gives what ends that."""
        failed = CannotConnect(f"NATS does not give out {address}")
        if self._client is None or self._streams is None:
            raise failed
        spelling = Spelling(address, ".")
        group = text(options, "queue", group)
        intake = Intake(deliver, limit, self._ack_wait / 3)
        async with told_as(failed, (Error,), CONNECT_TIMEOUT):
            if await self._streams.holds(address, options):
                pull = await self._streams.pull(spelling, group, self._ack_wait)
                return self._subscriptions.add(_Pulled(spelling, intake, pull))
            heard = _Heard(spelling, intake)
            subject = spelling.wildcard("*")
            heard.ear = await self._client.subscribe(subject, group, heard.take)
            await self._client.flush()
        return self._subscriptions.add(heard)


class _Heard:
    """A subject of NATS core, listened to."""

    ear: Subscription

    def __init__(self, spelling: Spelling, intake: Intake) -> None:
        self._spelling = spelling
        self._intake = intake

    async def stop(self, grace: float) -> None:
        await self.ear.unsubscribe()
        await self._intake.finish(grace)

    async def take(self, message: Msg) -> None:
        address = self._spelling.address(message.subject)
        if address is not None:
            headers = received([*_own(message), ("reply-to", message.reply or None)])
            await self._intake.put(Arrival(address, message.data, headers))


class _Pulled:
    """A consumer of a stream, asked for as many messages as there is room for."""

    def __init__(
        self,
        spelling: Spelling,
        intake: Intake,
        pull: JetStreamContext.PullSubscription,
    ) -> None:
        self._spelling = spelling
        self._intake = intake
        self._pull = pull
        self._running = asyncio.create_task(self._run())

    async def stop(self, grace: float) -> None:
        await ended(self._running)
        await self._intake.finish(grace)
        await self._pull.unsubscribe()

    async def _run(self) -> None:
        while True:
            await self._intake.wait_for_room()
            try:
                messages = await self._pull.fetch(self._intake.room, FETCH_TIMEOUT)
            except TimeoutError:
                # The library's own, or asyncio's, when it is at the end of its time already.
                continue
            except Error:
                await asyncio.sleep(PAUSE)
                continue
            for message in messages:
                await self._take(message)

    async def _take(self, message: Msg) -> None:
        address = self._spelling.address(message.subject)
        if address is None:
            await message.ack()
            return

        async def refused() -> None:
            await message.nak(PAUSE)

        place = f"{message.metadata.stream}/{message.metadata.sequence.stream}"
        headers = {
            "message-id": place,
            "x-deliveries": str(message.metadata.num_delivered or 1),
            **received(_own(message)),
        }
        arrival = Arrival(
            address, message.data, headers, message.ack, refused, message.in_progress
        )
        await self._intake.put(arrival)


class _Streams:
    """The streams of JetStream, made and widened as addresses need it."""

    def __init__(self, context: JetStreamContext) -> None:
        self.context = context
        self._known: dict[str, str] = {}

    async def holds(self, address: str, options: Options) -> bool:
        """Whether a stream keeps the address, once there is one for it if it should."""
        wanted = options.get("x-jetstream", False)
        if wanted is False and not address.endswith(DEAD):
            return False
        subject = Spelling(address, ".").wildcard("*")
        if subject in self._known:
            return True
        name = text(wanted, "stream", STREAM) if isinstance(wanted, Mapping) else STREAM
        try:
            self._known[subject] = await self._with_subject(name, subject)
        except Error:
            # A server without JetStream has nowhere to keep dead letters.
            if wanted is not False:
                raise
        return subject in self._known

    async def pull(
        self, spelling: Spelling, group: str, ack_wait: float
    ) -> JetStreamContext.PullSubscription:
        """The consumer of a group; without a name one that is forgotten when it is not asked."""
        subject = spelling.wildcard("*")
        stream = self._known[subject]
        if not group:
            config = ConsumerConfig(
                ack_wait=ack_wait,
                deliver_policy=DeliverPolicy.NEW,
                inactive_threshold=10 * ack_wait,
            )
            return await self.context.pull_subscribe(
                subject, stream=stream, config=config
            )
        durable = re.sub(r"[^\w-]", "_", f"{group}-{spelling.template}", flags=re.ASCII)
        config = ConsumerConfig(ack_wait=ack_wait, max_ack_pending=-1)
        return await self.context.pull_subscribe(
            subject, durable, stream=stream, config=config
        )

    async def _with_subject(self, name: str, subject: str) -> str:
        """The name of the stream that keeps a subject: another's, or this one widened by it."""
        try:
            found = await self.context.find_stream_name_by_subject(subject)
            if covers(await self._subjects(found), subject):
                return found
        except NotFoundError:
            pass
        try:
            while not covers(kept := await self._subjects(name), subject):
                left = [one for one in kept if not covers([subject], one)]
                await self.context.update_stream(name=name, subjects=[*left, subject])
        except NotFoundError:
            await self.context.add_stream(name=name, subjects=[subject])
        return name

    async def _subjects(self, name: str) -> list[str]:
        return (await self.context.stream_info(name)).config.subjects or []


def covers(patterns: list[str], subject: str) -> bool:
    """Whether one of the patterns matches whatever the subject matches."""
    return any(_covers(one.split("."), subject.split(".")) for one in patterns)


def _covers(pattern: list[str], subject: list[str]) -> bool:
    if pattern[-1] == ">":
        pattern, subject = pattern[:-1], subject[: len(pattern) - 1]
    return len(pattern) == len(subject) and all(
        wanted in ("*", given) for wanted, given in zip(pattern, subject, strict=True)
    )


def _own(message: Msg) -> list[tuple[str, str]]:
    return list((message.headers or {}).items())


def carrier(url: str) -> NatsCarrier:
    """The carrier for a URL."""
    return NatsCarrier(url)

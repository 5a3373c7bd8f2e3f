"""The post of a running service: it connects, has messages delivered to their consumers, and sends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from . import publisher
from .broker import protocol_of
from .carrier import Carrier, Deliver, Unsubscribe
from .channel import Channel, Options
from .consumer import Consumer, Replies
from .letters import both
from .message_headers import MESSAGE_ID, TRACEPARENT
from .message_kind import Kinds
from .ids import new_id
from .outgoing import Letter, Posting
from .postman import Postman
from .reception import Desk, DirectReception, Reception, concurrency
from .requests import Requests
from .seen_messages import Seen
from .service import Service
from .sink import current_sink, current_trace
from .store import Store
from .submission import Submissions
from .tasks import ended

T = TypeVar("T")
log = logging.getLogger(__name__)

FIRST, LONGEST = 0.2, 15.0
"""Seconds between two tries to connect: it doubles from the first to the longest."""
AHEAD = 4
"""How many times more messages are taken than are at their handlers: the others wait for their commit."""
PROTOCOLS = {"socket": "ws", "http": "http", "call": "http"}
"""The protocol of what needs no broker."""


class Post:
    """The messaging of one running service: everything that comes in and goes out."""

    def __init__(
        self,
        service: Service[Any],
        consumers: Sequence[Consumer[Any]],
        carriers: Mapping[str, Carrier],
        group: str,
        replies: Sequence[Replies] = (),
    ) -> None:
        self.service = service
        self.consumers = consumers
        self.replies = replies
        self.carriers = carriers
        self.url = service.settings.broker_url
        self.store = service.part(Store)
        self.postman = Postman(self.store, self.publish, service.settings)
        self.requests = Requests(self.publish, self.subscribe, group)
        self.desk = Desk(
            service.handlers,
            self.store,
            self.postman,
            Submissions(service, group).submit,
            group,
            service.settings.max_body,
            Seen(self.store),
        )
        self._handling = 0
        self._idle = asyncio.Event()
        self._unsubscribers: list[Unsubscribe] = []
        self._leaving: asyncio.Task[None] | None = None

    def enter(self) -> None:
        """Make this the messaging of the running task and of all that it starts."""
        publisher.enter(self)

    async def start(self) -> None:
        """Connect in the background; the service is not ready before that is done."""
        self._loop = asyncio.get_running_loop()
        await self.postman.start()
        self.service.awaits.add(self.url)
        self._connecting = asyncio.create_task(self._connect(), name="connecting")

    def leave(self) -> None:
        """Take no more messages: the service is about to stop."""
        if self._leaving is None:
            self._leaving = asyncio.create_task(self._unsubscribe())

    async def stop(self) -> None:
        """Let what is being handled end, send what followed from it, and close."""
        self.leave()
        assert self._leaving is not None
        await self._leaving
        await self._settle(self.service.grace)
        await self.postman.stop(self.service.grace)
        carriers = self.carriers.values()
        await quietly(*(carrier.stop(self.service.grace) for carrier in carriers))

    async def put(self, letter: Letter) -> None:
        """Send it with the transaction of the running handler, else once it is stored."""
        letter = traced(letter)
        sink = current_sink()
        if letter.is_direct:
            await self._here(self.publish(letter))
        elif sink is not None:
            sink.add(Posting(letter))
        else:
            await self.store.write(Posting(letter))

    async def ask(self, letter: Letter, replies: Replies, timeout: float) -> object:
        """What is answered; raises TimeoutError."""
        asking = self.requests.ask(traced(letter), replies, timeout)
        return await self._here(asking)

    async def publish(self, letter: Letter) -> None:
        """Give a letter to its carrier; raises Undelivered."""
        carrier = self.carriers.get(letter.carrier)
        if carrier is None:
            log.warning("%s is not served by this process.", letter.address)
            return
        options = self.options(letter.carrier, letter.options, letter.key)
        await carrier.publish(letter.address, letter.body, letter.headers, options)

    async def subscribe(
        self, channel: Channel, group: str, deliver: Deliver, limit: int = 64
    ) -> None:
        """Have what arrives at a channel delivered."""
        assert channel.address is not None, f"{channel.name} has no address"
        unsubscribe = await self.carriers[channel.carrier].subscribe(
            channel.address,
            group,
            deliver,
            limit,
            self.options(channel.carrier, channel.options),
        )
        self._unsubscribers.append(unsubscribe)

    def options(
        self, carrier: str, options: Options, key: str | None = None
    ) -> dict[str, object]:
        """What the bindings say to the protocol that is in use."""
        protocol = PROTOCOLS.get(carrier) or protocol_of(self.url)
        keyed = {} if key is None else {"key": key}
        return {**options.get(protocol, {}), **keyed}

    async def _here(self, work: Coroutine[Any, Any, T]) -> T:
        """What the work comes to on the service's loop, wherever this is called."""
        if asyncio.get_running_loop() is self._loop:
            return await work
        sent = asyncio.run_coroutine_threadsafe(work, self._loop)
        return await asyncio.wrap_future(sent)

    async def _connect(self) -> None:
        """Connect and subscribe, however often that takes."""
        for carrier in self.carriers.values():
            await self._patiently(carrier.start)
        self.postman.open()
        while not self.service.ready:
            # What takes messages as jobs starts after this part.
            await asyncio.sleep(0.005)
        for consumers in sharing(self.consumers):
            await self._patiently(lambda: self._consume(consumers))
        self.service.awaits.discard(self.url)

    async def _consume(self, consumers: Sequence[Consumer[Any]]) -> None:
        """Subscribe to an address; a process that works on nothing leaves brokers alone."""
        channel = bound(consumers[0])
        if channel.carrier == "broker" and not self.service.works:
            return
        answers = self._answers(channel)
        taking: Reception | DirectReception = Reception(consumers, self.desk, answers)
        if channel.carrier != "broker":
            taking = DirectReception(consumers, self.desk, self.publish, answers)
        limit = concurrency(consumers) * (AHEAD if channel.carrier == "broker" else 1)
        deliver = self._counted(taking.deliver)
        await self.subscribe(channel, self.desk.group, deliver, limit)

    def _answers(self, channel: Channel) -> Kinds:
        """What comes to a channel's address as the reply to something."""
        place = place_of(channel)
        found = (one for one in self.replies if place_of(one.channel) == place)
        return tuple(kind for one in found for kind in one.kinds)

    async def _patiently(self, work: Callable[[], Awaitable[None]]) -> None:
        wait = FIRST
        while True:
            try:
                return await work()
            except Exception as error:
                details = None if isinstance(error, ConnectionError) else error
                text = "%s is not there; trying again in %.1f s: %s"
                log.warning(text, self.url, wait, error, exc_info=details)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST)

    def _counted(self, deliver: Deliver) -> Deliver:
        """The same, but known to be at work."""

        async def delivering(
            address: str, body: bytes, headers: Mapping[str, str]
        ) -> None:
            self.enter()  # whoever brought the message may be of another service
            self._handling += 1
            try:
                await deliver(address, body, headers)
            finally:
                self._handling -= 1
                if not self._handling:
                    self._idle.set()

        return delivering

    async def _settle(self, grace: float) -> None:
        """Wait until nothing is being handled."""
        self._idle.clear()
        if self._handling:
            try:
                await asyncio.wait_for(self._idle.wait(), grace)
            except TimeoutError:
                log.warning("%s messages are left to the broker.", self._handling)

    async def _unsubscribe(self) -> None:
        await ended(self._connecting)
        await quietly(*(unsubscribe() for unsubscribe in self._unsubscribers))


async def quietly(*works: Awaitable[None]) -> None:
    """Do all of these; a broker that is gone must not keep the service from stopping."""
    for result in await asyncio.gather(*works, return_exceptions=True):
        if isinstance(result, Exception):
            log.warning("A broker could not be left well: %s", result)


def traced(letter: Letter) -> Letter:
    """The letter with an id, and with the trace of the handler that sends it."""
    trace = current_trace()
    headers = {MESSAGE_ID: new_id("msg_"), **letter.headers}
    if trace is not None:
        headers.setdefault(TRACEPARENT, trace)
    return replace(letter, headers=headers)


def sharing(
    consumers: Iterable[Consumer[Any]],
) -> list[tuple[Consumer[Any], ...]]:
    """The consumers by their addresses, as far as these are known."""
    found: dict[tuple[str, str], list[Consumer[Any]]] = {}
    for consumer in consumers:
        channel = consumer.channel
        if channel.address is not None:
            found.setdefault((channel.carrier, channel.address), []).append(consumer)
    return [tuple(group) for group in found.values()]


def place_of(channel: Channel) -> tuple[str, str | None]:
    """What carries a channel, and where it is."""
    return channel.carrier, channel.address


def bound(consumer: Consumer[Any]) -> Channel:
    """The channel of a consumer with what its operation's bindings add."""
    channel = consumer.channel
    return replace(channel, options=both(channel.options, consumer.options))

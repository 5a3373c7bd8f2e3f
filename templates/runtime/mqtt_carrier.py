"""MQTT 5 and 3.1.1, reached through FastStream's broker; on the wire every message is a plain MQTT message.

`BROKER_URL=mqtt://host?version=3.1.1` speaks the older protocol, which has no headers: what a message cannot do
without goes in front of its payload (framing.py). Members of a group share a subscription. What is not
acknowledged is sent again to a reader that comes back: that takes `?client_id=NAME`, a name for this process alone
that outlives it. Without one a message is lost with the process that has it in hand, at QoS 0 always; and what
nobody listens to is lost. Dead letters are kept as retained messages below `<address>.dead/`.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Mapping
from typing import Literal
from urllib.parse import parse_qs, urlsplit, urlunsplit
from uuid import uuid4

from faststream.mqtt import MQTTBroker
from zmqtt import (
    Message,
    MQTTClient,
    MQTTError,
    PublishProperties,
    QoS,
    ReconnectConfig,
    Subscription,
)

from .address import DEAD
from .binding import Options, flag, number
from .carrier import NO_OPTIONS, CannotConnect, Deliver, Undelivered, Unsubscribe
from .carrier_subscriptions import Subscriptions, told_as
from .framing import framed, unframed
from .intake import Arrival, Intake
from .message_headers import GROUP, MESSAGE_ID, REPLAYED
from .native_headers import besides, received
from .tasks import ended
from .wildcards import Spelling

CONNECT_TIMEOUT = 5.0
# A server that has collected for this reader sends that first.
SUBSCRIBE_TIMEOUT = 30.0
PUBLISH_TIMEOUT = 30.0
# How long a server keeps what it has for a reader with a name of its own, in seconds.
SESSION = 24 * 60 * 60
FOREVER = ReconnectConfig(initial_delay=0.2, max_delay=5.0, max_attempts=None)
NATIVE = ("content-type", "correlation-id", "reply-to")
Version = Literal["3.1.1", "5.0"]


def in_one_line(record: logging.LogRecord) -> bool:
    """What the library says of a server that is away, without where in its code it found that out."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, (OSError, TimeoutError)):
        record.msg, record.args = f"{record.getMessage()}: {error}", ()
        record.exc_info = None
    return True


logging.getLogger("zmqtt.client").addFilter(in_one_line)


class MqttCarrier:
    """Moves messages over one connection for what is sent, and one for each subscription."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        secure = parts.scheme in ("mqtts", "secure-mqtt")
        scheme = "mqtts" if secure else "mqtt"
        self._url = urlunsplit((scheme, parts.netloc, "", "", ""))
        self._name = query.get("client_id", "")
        self._version: Version = (
            "3.1.1" if query.get("version", "").startswith("3") else "5.0"
        )
        self._broker = MQTTBroker(
            self._url, version=self._version, reconnect=FOREVER, logger=None
        )
        self._client: MQTTClient | None = None
        self._subscriptions = Subscriptions()

    async def start(self) -> None:
        """Returns once connected; raises CannotConnect to be tried again."""
        failed = CannotConnect("the MQTT server does not answer")
        async with told_as(failed, (MQTTError,), CONNECT_TIMEOUT):
            self._client = await self._broker.connect()

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
        failed = Undelivered(f"the MQTT server did not take a message for {address}")
        if self._client is None:
            raise failed
        dead = address.endswith(DEAD)
        topic = f"{address}/{_segment(headers)}" if dead else address
        modern = self._version == "5.0"
        async with told_as(failed, (MQTTError,), PUBLISH_TIMEOUT):
            await self._client.publish(
                topic,
                body if modern else framed(body, headers),
                qos=QoS.AT_LEAST_ONCE if dead else _qos(options),
                retain=dead or flag(options, "retain", False),
                properties=_properties(headers) if modern else None,
            )

    async def subscribe(
        self,
        address: str,
        group: str,
        deliver: Deliver,
        limit: int = 8,
        options: Options = NO_OPTIONS,
    ) -> Unsubscribe:
        """Takes the messages of an address for a group; gives what ends that."""
        failed = CannotConnect(f"the MQTT server does not give out {address}")
        if self._client is None:
            raise failed
        wanted = Spelling(address).wildcard("+")
        if address.endswith(DEAD):
            wanted += "/+"
        elif group:
            wanted = f"$share/{group}/{wanted}"
        broker, qos = self._reading(wanted), _qos(options)
        async with told_as(failed, (MQTTError,), SUBSCRIBE_TIMEOUT):
            client = await broker.connect()
            subscription = client.subscribe(
                wanted, qos=qos, auto_ack=False, receive_buffer_size=_room(qos)
            )
            await subscription.start()
        intake = Intake(deliver, limit)
        spelling, kept = Spelling(address), bool(self._name)
        reader = _Reader(broker, subscription, self._client, spelling, intake, kept)
        return self._subscriptions.add(reader)

    def _reading(self, wanted: str) -> MQTTBroker:
        """A connection of its own: a reader that is full must not hold up what is sent."""
        modern = self._version == "5.0"
        digest = hashlib.sha256(wanted.encode()).hexdigest()[:8]
        return MQTTBroker(
            self._url,
            client_id=f"{self._name}-{digest}" if self._name else "",
            clean_session=not self._name,
            session_expiry_interval=SESSION if self._name and modern else 0,
            version=self._version,
            reconnect=FOREVER,
            logger=None,
        )


class _Reader:
    """One subscription, on its own connection."""

    def __init__(
        self,
        broker: MQTTBroker,
        subscription: Subscription,
        sending: MQTTClient,
        spelling: Spelling,
        intake: Intake,
        kept: bool,
    ) -> None:
        self._broker = broker
        self._subscription = subscription
        self._sending = sending
        self._spelling = spelling
        self._dead = spelling.template.endswith(DEAD)
        self._intake = intake
        self._kept = kept
        self._running = asyncio.create_task(self._run())

    async def stop(self, grace: float) -> None:
        await ended(self._running)
        if self._kept:
            # The server goes on collecting for this name.
            await self._subscription.detach()
        else:
            await self._subscription.stop()
        await self._intake.finish(grace)
        await self._broker.stop()

    async def _run(self) -> None:
        async for message in self._subscription:
            await self._take(message)

    async def _take(self, message: Message) -> None:
        topic = message.topic.rpartition("/")[0] if self._dead else message.topic
        address = self._spelling.address(topic)
        if address is None or (self._dead and not message.payload):
            await message.ack()
            return

        async def taken() -> None:
            await message.ack()
            if self._dead:
                # Nothing in its place: the message is retained no more.
                await self._sending.publish(
                    message.topic, b"", qos=QoS.AT_LEAST_ONCE, retain=True
                )

        await self._intake.put(Arrival(address, *_content(message), taken))


def _qos(options: Options) -> QoS:
    level = number(options, "qos", 1)
    return QoS(level) if level in (0, 1, 2) else QoS.AT_LEAST_ONCE


def _room(qos: QoS) -> int:
    """How many messages wait here for their turn; 0 is as many as the server sends unacknowledged.

    What it has collected comes before its answer to the subscription, and a full buffer would hold that up. (It is
    not asked to send less: Mosquitto sends one message too many to who comes back, which ends the connection.)
    """
    return 0 if qos else 1000


def _segment(headers: Mapping[str, str]) -> str:
    """The last segment of a dead letter's topic, its own: each group's, and anew after each replay."""
    known = headers.get(MESSAGE_ID) or uuid4().hex
    identity = f"{known}\n{headers.get(GROUP)}\n{headers.get(REPLAYED)}"
    return hashlib.sha256(identity.encode()).hexdigest()[:32]


def _properties(headers: Mapping[str, str]) -> PublishProperties:
    correlation = headers.get("correlation-id")
    return PublishProperties(
        content_type=headers.get("content-type"),
        response_topic=headers.get("reply-to"),
        correlation_data=correlation.encode() if correlation else None,
        user_properties=tuple(besides(headers, NATIVE).items()),
    )


def _content(message: Message) -> tuple[bytes, dict[str, str]]:
    """The payload and the headers, which MQTT 5 has as properties."""
    given = message.properties
    if given is None:
        return unframed(message.payload)
    native = (given.content_type, given.correlation_data, given.response_topic)
    pairs = [*given.user_properties, *zip(NATIVE, native, strict=True)]
    return message.payload, received(pairs)


def carrier(url: str) -> MqttCarrier:
    """The carrier for a URL."""
    return MqttCarrier(url)

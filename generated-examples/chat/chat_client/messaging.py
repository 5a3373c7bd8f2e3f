"""The messages of Chat, from the other side."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from . import models
from .channels import (
    LINE_MESSAGE,
    LINE_MESSAGE_RECEIVED,
    PEOPLE_MESSAGE,
    RELAY_CHANNEL,
    ROOM_CHANNEL,
    UTTERANCE_MESSAGE,
    WHO_IS_HERE_MESSAGE,
)
from .runtime.broker import carrier_of
from .runtime.carrier import Carrier
from .runtime.carrier_link import Link
from .runtime.correlating import Envelope
from .runtime.messenger import MessagingSession
from .runtime.received_message import Received
from .runtime.remote_exchange import Feed, Publication, Replies, Request
from .runtime.socket_client_carrier import SocketClientCarrier
from .runtime.subscription import Subscription

SAY = Publication(name="say", channel=ROOM_CHANNEL, kinds=(UTTERANCE_MESSAGE,))

TELL: Feed[Received[models.Line]] = Feed(
    name="tell",
    channel=ROOM_CHANNEL,
    kinds=(LINE_MESSAGE,),
    others=(UTTERANCE_MESSAGE, WHO_IS_HERE_MESSAGE, PEOPLE_MESSAGE),
)

ASK_WHO_IS_HERE: Request[models.People] = Request(
    name="askWhoIsHere",
    channel=ROOM_CHANNEL,
    kinds=(WHO_IS_HERE_MESSAGE,),
    replies=Replies(kinds=(PEOPLE_MESSAGE,), channel=ROOM_CHANNEL),
)

RELAY_OUT: Feed[Received[models.Line]] = Feed(
    name="relayOut", channel=RELAY_CHANNEL, kinds=(LINE_MESSAGE,)
)

RELAY_IN = Publication(
    name="relayIn", channel=RELAY_CHANNEL, kinds=(LINE_MESSAGE_RECEIVED,)
)


class MessagingClient(MessagingSession):
    """Rooms to talk in. People come in over a WebSocket; the servers tell one
    another over NATS what was said, so that it does not matter which of them one
    is connected to.
    """

    def __init__(
        self,
        carrier: Carrier | str = "nats://localhost:4222",
        *,
        sockets: Carrier | str = "ws://localhost:8000",
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        timeout: float = 30.0,
    ) -> None:
        """Connect when it is first needed: `carrier` and `sockets` by URL, or as a
        carrier that is started already.

        `timeout` is how many seconds a reply is waited for. `headers` and `query` go
        with every handshake and request, credentials where they are asked for.
        """
        links = {
            "broker": Link(
                carrier, partial(carrier_of, carriers={"nats": "nats_carrier"})
            ),
            "socket": Link(
                sockets, partial(SocketClientCarrier, headers=headers, query=query)
            ),
        }
        super().__init__(links, "chat_client", timeout)

    async def say(
        self,
        room: str,
        body: models.Utterance,
        *,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        correlation_id: str | None = None,
    ) -> None:
        """Somebody says something in a room."""
        await self._messenger.publish(
            SAY, body, {"room": room}, Envelope(headers, message_id, correlation_id)
        )

    def tell(
        self, *, room: str, group: str | None = None
    ) -> Subscription[Received[models.Line]]:
        """What was said, to everybody in the room."""
        return self._messenger.subscribe(TELL, {"room": room}, group)

    async def ask_who_is_here(
        self,
        room: str,
        body: models.WhoIsHere,
        *,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        correlation_id: str | None = None,
        timeout: float | None = None,
    ) -> models.People:
        """Who has spoken in the room."""
        return await self._messenger.request(
            ASK_WHO_IS_HERE,
            body,
            {"room": room},
            Envelope(headers, message_id, correlation_id),
            timeout,
        )

    def relay_out(
        self, *, room: str | None = None, group: str | None = None
    ) -> Subscription[Received[models.Line]]:
        """What was said here, to the other servers."""
        return self._messenger.subscribe(RELAY_OUT, {"room": room}, group)

    async def relay_in(
        self,
        room: str,
        body: models.Line,
        *,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        correlation_id: str | None = None,
    ) -> None:
        """What was said on another server, or on this one."""
        await self._messenger.publish(
            RELAY_IN,
            body,
            {"room": room},
            Envelope(headers, message_id, correlation_id),
        )


Client = MessagingClient

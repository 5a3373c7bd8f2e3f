"""The messages of Chat, from the other side, without `await`."""

from __future__ import annotations

from collections.abc import Mapping

from .. import models
from ..messaging import MessagingClient as AsyncClient
from ..runtime.carrier import Carrier
from ..runtime.messenger_sync import MessagingSession, Subscription
from ..runtime.received_message import Received


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
        self._client = AsyncClient(
            carrier, sockets=sockets, headers=headers, query=query, timeout=timeout
        )
        super().__init__(self._client)

    def say(
        self,
        room: str,
        body: models.Utterance,
        *,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        correlation_id: str | None = None,
    ) -> None:
        """Somebody says something in a room."""
        self._thread.run(
            self._client.say(
                room,
                body,
                headers=headers,
                message_id=message_id,
                correlation_id=correlation_id,
            )
        )

    def tell(
        self, *, room: str, group: str | None = None
    ) -> Subscription[Received[models.Line]]:
        """What was said, to everybody in the room."""
        return Subscription(self._thread, self._client.tell(room=room, group=group))

    def ask_who_is_here(
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
        return self._thread.run(
            self._client.ask_who_is_here(
                room,
                body,
                headers=headers,
                message_id=message_id,
                correlation_id=correlation_id,
                timeout=timeout,
            )
        )

    def relay_out(
        self, *, room: str | None = None, group: str | None = None
    ) -> Subscription[Received[models.Line]]:
        """What was said here, to the other servers."""
        return Subscription(
            self._thread, self._client.relay_out(room=room, group=group)
        )

    def relay_in(
        self,
        room: str,
        body: models.Line,
        *,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        correlation_id: str | None = None,
    ) -> None:
        """What was said on another server, or on this one."""
        self._thread.run(
            self._client.relay_in(
                room,
                body,
                headers=headers,
                message_id=message_id,
                correlation_id=correlation_id,
            )
        )


Client = MessagingClient

"""The messages of Game, from the other side, without `await`."""

from __future__ import annotations

from collections.abc import Mapping

from .. import models
from ..messaging import MessagingClient as AsyncClient
from ..runtime.carrier import Carrier
from ..runtime.messenger_sync import MessagingSession, Subscription
from ..runtime.received_message import Received


class MessagingClient(MessagingSession):
    """Noughts and crosses over one WebSocket. Players send their moves; everybody at
    a table hears the board after each of them, and whoever asks is told the
    score.
    """

    def __init__(
        self,
        sockets: Carrier | str = "ws://localhost:8000",
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        timeout: float = 30.0,
    ) -> None:
        """Connect when it is first needed: `sockets` by URL, or as a carrier that is
        started already.

        `timeout` is how many seconds a reply is waited for. `headers` and `query` go
        with every handshake and request, credentials where they are asked for.
        """
        self._client = AsyncClient(
            sockets, headers=headers, query=query, timeout=timeout
        )
        super().__init__(self._client)

    def play(
        self,
        table_id: str,
        body: models.Move | models.Resignation,
        *,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        correlation_id: str | None = None,
    ) -> None:
        """A player's turn, or the end of the game for that player."""
        self._thread.run(
            self._client.play(
                table_id,
                body,
                headers=headers,
                message_id=message_id,
                correlation_id=correlation_id,
            )
        )

    def tell_state(
        self, *, table_id: str, group: str | None = None
    ) -> Subscription[Received[models.State]]:
        """The board as everybody at the table sees it."""
        return Subscription(
            self._thread, self._client.tell_state(table_id=table_id, group=group)
        )

    def ask_score(
        self,
        table_id: str,
        body: models.ScoreRequest,
        *,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        correlation_id: str | None = None,
        timeout: float | None = None,
    ) -> models.Score:
        """How often each mark has won at this table."""
        return self._thread.run(
            self._client.ask_score(
                table_id,
                body,
                headers=headers,
                message_id=message_id,
                correlation_id=correlation_id,
                timeout=timeout,
            )
        )


Client = MessagingClient

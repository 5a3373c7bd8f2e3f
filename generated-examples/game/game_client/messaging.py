"""The messages of Game, from the other side."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from . import models
from .channels import (
    MOVE_MESSAGE,
    RESIGNATION_MESSAGE,
    SCORE_MESSAGE,
    SCORE_REQUEST_MESSAGE,
    STATE_MESSAGE,
    TABLE_CHANNEL,
)
from .runtime.carrier import Carrier
from .runtime.carrier_link import Link
from .runtime.correlating import Envelope
from .runtime.messenger import MessagingSession
from .runtime.received_message import Received
from .runtime.remote_exchange import Feed, Publication, Replies, Request
from .runtime.socket_client_carrier import SocketClientCarrier
from .runtime.subscription import Subscription

PLAY = Publication(
    name="play", channel=TABLE_CHANNEL, kinds=(MOVE_MESSAGE, RESIGNATION_MESSAGE)
)

TELL_STATE: Feed[Received[models.State]] = Feed(
    name="tellState",
    channel=TABLE_CHANNEL,
    kinds=(STATE_MESSAGE,),
    others=(MOVE_MESSAGE, RESIGNATION_MESSAGE, SCORE_REQUEST_MESSAGE, SCORE_MESSAGE),
)

ASK_SCORE: Request[models.Score] = Request(
    name="askScore",
    channel=TABLE_CHANNEL,
    kinds=(SCORE_REQUEST_MESSAGE,),
    replies=Replies(kinds=(SCORE_MESSAGE,), channel=TABLE_CHANNEL),
)


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
        links = {
            "socket": Link(
                sockets, partial(SocketClientCarrier, headers=headers, query=query)
            )
        }
        super().__init__(links, "game_client", timeout)

    async def play(
        self,
        table_id: str,
        body: models.Move | models.Resignation,
        *,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        correlation_id: str | None = None,
    ) -> None:
        """A player's turn, or the end of the game for that player."""
        await self._messenger.publish(
            PLAY,
            body,
            {"tableId": table_id},
            Envelope(headers, message_id, correlation_id),
        )

    def tell_state(
        self, *, table_id: str, group: str | None = None
    ) -> Subscription[Received[models.State]]:
        """The board as everybody at the table sees it."""
        return self._messenger.subscribe(TELL_STATE, {"tableId": table_id}, group)

    async def ask_score(
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
        return await self._messenger.request(
            ASK_SCORE,
            body,
            {"tableId": table_id},
            Envelope(headers, message_id, correlation_id),
            timeout,
        )


Client = MessagingClient

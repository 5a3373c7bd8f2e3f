"""The messages of Toys, from the other side."""

from __future__ import annotations

from .runtime.messenger import MessagingSession
from .runtime.remote_exchange import Publication

PLAY = Publication(name="play", channel=TOYS, kinds=(GAME,))


class MessagingClient(MessagingSession):
    """Sends messages to Toys."""

    def __init__(self, carrier: Carrier | str) -> None:
        """Connect."""
        super().__init__({}, "toys", 30.0)

    async def play(self, body: models.Game) -> None:
        """Play."""
        await self._messenger.publish(PLAY, body, {}, Envelope())


Client = MessagingClient

"""The operations tagged toys."""

from __future__ import annotations

from .runtime.call import Operation
from .runtime.transport import AsyncConnection

PLAY: Operation[None] = Operation(name="play")


class Toys:
    """Toys."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def play(self) -> None:
        """Play."""
        return await self._connection.call(PLAY)

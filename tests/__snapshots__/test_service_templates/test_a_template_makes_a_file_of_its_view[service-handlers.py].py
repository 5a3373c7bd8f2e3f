"""What the service asks of you: one method for each operation."""

from __future__ import annotations

from abc import abstractmethod


class Handlers(Lifespan):
    """Toys."""

    @abstractmethod
    async def play(self) -> None:
        """Play."""

    async def owner_of(self) -> str | None:
        """Who."""
        return None

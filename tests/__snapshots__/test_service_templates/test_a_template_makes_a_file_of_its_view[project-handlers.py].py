"""What the operations do. Yours: gen wrote it once and never touches it again."""

from __future__ import annotations

from toys_service import Handlers


class ToysHandlers(Handlers):
    """Answers with examples until you write better."""

    async def play(self) -> None:
        return None

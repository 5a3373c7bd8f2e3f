"""What the service sends: a function for each kind of message, `await publishers.<name>(body)`."""

from __future__ import annotations

from .runtime.publisher import Publisher

SHOW: Publisher = Publisher("show", TOYS_CHANNEL, ())


async def show(body: str) -> None:
    """Show a toy."""
    await SHOW.send(body)


PUBLISHERS = (SHOW,)

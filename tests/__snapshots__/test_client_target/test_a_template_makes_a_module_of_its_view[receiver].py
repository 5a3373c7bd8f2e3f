"""The receiver of what Toys sends."""

from __future__ import annotations

__all__ = [
    "Receiver",
]


class Receiver(SignedReceiver):
    """Override a method for each event that is expected.

    An event whose method is not overridden is answered with 501, and so sent again later.
    """

    hooks = {
        "broken": Hook("broken"),
    }

    async def broken(self, body: None, delivery: Delivery) -> None:
        """A toy broke."""
        raise NotTaken

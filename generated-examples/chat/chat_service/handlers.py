"""What the service asks of you: one method for each operation."""

from __future__ import annotations

from abc import abstractmethod

from . import models
from .runtime.lifespan import Lifespan
from .runtime.message import Message


class Handlers(Lifespan):
    """The operations of Chat: implement each in a class of your own."""

    @abstractmethod
    async def say(self, room: str, body: models.Utterance, message: Message) -> None:
        """Somebody says something in a room."""

    @abstractmethod
    async def ask_who_is_here(
        self, room: str, body: models.WhoIsHere, message: Message
    ) -> models.People:
        """Who has spoken in the room."""

    @abstractmethod
    async def relay_in(self, room: str, body: models.Line, message: Message) -> None:
        """What was said on another server, or on this one."""

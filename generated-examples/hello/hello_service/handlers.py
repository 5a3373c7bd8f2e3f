"""What the service asks of you: one method for each operation."""

from __future__ import annotations

from abc import abstractmethod

from . import models
from .runtime.job import Job
from .runtime.lifespan import Lifespan


class Handlers(Lifespan):
    """The operations of Hello: implement each in a class of your own."""

    @abstractmethod
    async def create_greeting(
        self, body: models.NewGreeting, job: Job
    ) -> models.Greeting:
        """Write a greeting, in a while."""

    @abstractmethod
    async def list_languages(self) -> list[models.Language]:
        """Which languages can greet."""

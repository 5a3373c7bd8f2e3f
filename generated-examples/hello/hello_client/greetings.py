"""The operations tagged greetings, and how each is called."""

from __future__ import annotations

from . import models
from .runtime.bodies import Json
from .runtime.call import Operation
from .runtime.decoding import Returns
from .runtime.handle import JobHandle, resume_job, start_job
from .runtime.remote_job import JobOperation
from .runtime.transport import AsyncConnection

CREATE_GREETING: JobOperation[models.Greeting] = JobOperation(
    name="createGreeting",
    method="POST",
    path="/greetings",
    contents={"application/json": Json(models.NewGreeting)},
    answers={"201": Returns({"application/json": Json(models.Greeting)})},
)

LIST_LANGUAGES: Operation[list[models.Language]] = Operation(
    name="listLanguages",
    method="GET",
    path="/languages",
    answers={"200": Returns({"application/json": Json(list[models.Language])})},
)


class Greetings:
    """The operations tagged greetings."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def create_greeting(
        self, body: models.NewGreeting, *, idempotency_key: str | None = None
    ) -> JobHandle[models.Greeting]:
        """Write a greeting, in a while."""
        return await start_job(
            self._connection, CREATE_GREETING, (), body, key=idempotency_key
        )

    def create_greeting_job(self, id: str) -> JobHandle[models.Greeting]:
        """The job with this id, which an earlier create_greeting became."""
        return resume_job(self._connection, CREATE_GREETING, id)

    async def list_languages(self) -> list[models.Language]:
        """Which languages can greet."""
        return await self._connection.call(LIST_LANGUAGES)

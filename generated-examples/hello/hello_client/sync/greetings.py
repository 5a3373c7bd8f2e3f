"""The operations tagged greetings, without `await`."""

from __future__ import annotations

from .. import models
from ..greetings import CREATE_GREETING, LIST_LANGUAGES
from ..runtime.handle_sync import JobHandle, resume_job, start_job
from ..runtime.transport import Connection


class Greetings:
    """The operations tagged greetings."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create_greeting(
        self, body: models.NewGreeting, *, idempotency_key: str | None = None
    ) -> JobHandle[models.Greeting]:
        """Write a greeting, in a while."""
        return start_job(
            self._connection, CREATE_GREETING, (), body, key=idempotency_key
        )

    def create_greeting_job(self, id: str) -> JobHandle[models.Greeting]:
        """The job with this id, which an earlier create_greeting became."""
        return resume_job(self._connection, CREATE_GREETING, id)

    def list_languages(self) -> list[models.Language]:
        """Which languages can greet."""
        return self._connection.call(LIST_LANGUAGES)

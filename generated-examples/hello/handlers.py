"""What the operations do. Yours: gen wrote it once and never touches it again."""

from __future__ import annotations

import asyncio

from hello_service import Handlers, Job, models
from pydantic import MISSING

GREETINGS = {"en": "Hello", "fr": "Bonjour", "de": "Guten Tag"}


class HelloHandlers(Handlers):
    """Greets in three languages, slowly."""

    def __init__(self, pause: float = 0.2) -> None:
        self.pause = pause

    async def create_greeting(
        self, body: models.NewGreeting, job: Job
    ) -> models.Greeting:
        language = "en" if body.language is MISSING else body.language
        words = [GREETINGS[language], body.name]
        for done, word in enumerate(words):
            await job.progress(done=done, total=len(words), message=f"writing {word}")
            await asyncio.sleep(self.pause)
        return models.Greeting(text=", ".join(words) + "!")

    async def list_languages(self) -> list[models.Language]:
        return ["en", "fr", "de"]

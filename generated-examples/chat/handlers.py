"""What the operations do. Yours: gen wrote it once and never touches it again."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime

from chat_service import Handlers, Message, models, publishers


class ChatHandlers(Handlers):
    """Passes on what is said: to the other servers first, and what comes from them to the room."""

    def __init__(self) -> None:
        self.names: defaultdict[str, dict[str, None]] = defaultdict(dict)

    async def say(self, room: str, body: models.Utterance, message: Message) -> None:
        line = models.Line(
            type="line", name=body.name, text=body.text, said=datetime.now(UTC)
        )
        await publishers.relay_out(line, room=room)

    async def relay_in(self, room: str, body: models.Line, message: Message) -> None:
        self.names[room][body.name] = None
        await publishers.tell(body, room=room)

    async def ask_who_is_here(
        self, room: str, body: models.WhoIsHere, message: Message
    ) -> models.People:
        return models.People(type="people", id=body.id, names=[*self.names[room]])

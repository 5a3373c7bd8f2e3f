"""How each message is read, and which handler it goes to."""

from __future__ import annotations

from .runtime.consumer import Consumer


async def run_take(handlers: Handlers, incoming: Incoming) -> None:
    """One message of take."""
    body, message = incoming.take(TOY_MESSAGE)


TAKE_CONSUMER: Consumer[Handlers] = Consumer()

MEND_BODY: Body[str] = Body({})


def read_mend(reader: Reader) -> tuple[str]:
    """What a message of mend brings."""
    return (reader.body(MEND_BODY),)


async def run_mend(handlers: Handlers, reader: Reader, job: Job) -> Reply:
    """One attempt at a job of mend."""
    return message_reply(None, ())


MEND: AsyncOperation[Handlers] = AsyncOperation()
MEND_CONSUMER: Consumer[Handlers] = Consumer()


CONSUMERS: tuple[Consumer[Handlers], ...] = (TAKE_CONSUMER, MEND_CONSUMER)

QUEUED_OPERATIONS: tuple[AsyncOperation[Handlers], ...] = (MEND,)

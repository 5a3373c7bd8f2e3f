"""A small service that is killed again and again: jobs in, callbacks out to a receiver.

`python delivery_program.py DATABASE RECEIVER JOBS`: submits JOBS jobs, printing the id of each that was
acknowledged; then works until it is killed.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from runtime.answer import Answer
from runtime.callbacks import CallbackTarget, callbacks_of
from runtime.courier import Courier, CourierSettings
from runtime.engine import Engine, EngineSettings
from runtime.job import Job
from runtime.operation import AsyncOperation, Policy
from runtime.outbox import Outbox
from runtime.reader import Reader
from runtime.received import Received
from runtime.replies import Reply
from runtime.sender import HttpSender
from runtime.store import Store

SUBMITTERS = 4
Handler = Callable[[Job], Awaitable[Reply]]


@dataclass(frozen=True)
class Rules:
    development: bool = True


class Done(Reply):
    """The job's id, so that the receiver knows whose callback it has."""

    status_code = 200

    def answer(self, accept: str = "") -> Answer:
        return Answer(200, (), "text/plain", str(self.body).encode())


async def run(handler: Handler, reader: Reader, job: Job) -> Reply:
    return await handler(job)


async def work(job: Job) -> Reply:
    await asyncio.sleep(0.002)
    return Done(job.id)


DONE: CallbackTarget[Any] = CallbackTarget(
    operation="work",
    name="done",
    expression="{$request.body#/url}",
    contents={},
    sends_on=(200,),
)
WORK: AsyncOperation[Handler] = AsyncOperation(
    name="work",
    method="POST",
    path="/work",
    read=lambda reader: (),
    run=run,
    policy=Policy(attempts=1000, queue=1_000_000),
    callbacks=(DONE,),
)


async def main(database: str, receiver: str, jobs: int) -> None:
    store = Store(f"sqlite:///{database}")
    await store.open()
    settings = EngineSettings(workers=8, lease=0.5, poll=0.1)
    engine: Engine[Handler] = Engine(
        store, (WORK,), settings, on_finish=callbacks_of((WORK,))
    )
    # The waits are short and the attempts many, since the receiver fails at random.
    terms = CourierSettings(retries=(0.05,) * 50, lease=0.5, poll=0.1)
    Outbox(store, Rules()).enter()
    await Courier(store, HttpSender(Rules(), connect=0.2, total=0.4), terms).start()
    await engine.start(work)
    body = b'{"url": "' + receiver.encode() + b'"}'
    kind = (("content-type", "application/json"),)
    request = Received("POST", "https://x/", headers=kind, body=body)

    async def submit() -> None:
        for _ in range(jobs // SUBMITTERS):
            accepted = await engine.accept(WORK, request)
            print(accepted.job.id, flush=True)
            await asyncio.sleep(0.001)

    await asyncio.gather(*(submit() for _ in range(SUBMITTERS)))
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))

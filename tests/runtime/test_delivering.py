"""The parts of a service as it starts and stops: what it says, and in which order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import pytest

from engines import REQUEST, operation
from runtime.access import Need, Security
from runtime.answer import Answer
from runtime.application import Application
from runtime.delivering import delivering
from runtime.engine import Engine
from runtime.job import Job
from runtime.lifespan import CannotStart, Lifespan
from runtime.notices import check_callback_url
from runtime.service import Service
from runtime.settings import Settings
from runtime.store import Store
from runtime.storing import storing
from runtime.working import Working

OWNED: Security = ((Need("bearer"),),)


def settings(path: Path, **fields: Any) -> Settings:
    return Settings(database_url=f"sqlite:///{path}/jobs.db", grace=5, **fields)


@pytest.mark.parametrize(
    ("secret", "access", "works", "warns"),
    [
        (None, (), True, True),
        ("whsec_bXkgc2VjcmV0", (), True, False),
        (None, OWNED, True, False),
        (None, (), False, False),
    ],
)
def test_a_secret_that_nobody_knows_is_warned_of_once_at_the_start(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    secret: str | None,
    access: Security,
    works: bool,
    warns: bool,
) -> None:
    service = Service(None, settings(tmp_path, callback_secret=secret), access=access)
    service.works = works
    parts = [storing, delivering(check_callback_url)]
    app = Application(service, [], title="T", version="1", running=parts)

    async def live() -> None:
        async with app.running():
            pass

    with caplog.at_level(logging.WARNING):
        asyncio.run(live())
    told = [one for one in caplog.messages if one.startswith("CALLBACK_SECRET is not")]
    assert len(told) == warns


def test_a_secret_that_can_sign_nothing_is_said_at_the_start(tmp_path: Path) -> None:
    service = Service(None, settings(tmp_path, callback_secret="whsec_%%"))
    parts = [storing, delivering(check_callback_url)]
    app = Application(service, [], title="T", version="1", running=parts)

    async def live() -> None:
        async with app.running():
            pass

    with pytest.raises(CannotStart, match="^CALLBACK_SECRET: a signing secret is"):
        asyncio.run(live())


class Handlers(Lifespan):
    """Write down when they are entered and left, and what their job sees."""

    def __init__(self) -> None:
        self.diary: list[str] = []

    async def __aenter__(self) -> Self:
        self.diary.append("handlers entered")
        return self

    async def __aexit__(self, *error: object) -> None:
        self.diary.append("handlers left")


def test_a_service_stops_its_parts_in_order_and_its_handlers_last(
    tmp_path: Path,
) -> None:
    async def live() -> list[str]:
        handlers = Handlers()
        diary, ready = handlers.diary, asyncio.Event()

        async def work(job: Job) -> Answer:
            ready.set()
            while "streams ended" not in diary:
                await asyncio.sleep(0.01)
            await job.progress(done=1, total=1)
            diary.append("job done")
            return Answer(200, (), None, b"")

        @asynccontextmanager
        async def watching(service: Service[Any]) -> AsyncIterator[None]:
            store = service.part(Store)
            yield
            written = await store.read(lambda db: db.exec_driver_sql(ENDS).scalar())
            diary.append(f"{written} ended, database still open")

        service = Service(handlers, settings(tmp_path))
        make = operation(work)
        parts = [storing, watching, delivering(check_callback_url), Working((make,))]
        app = Application(service, [], title="T", version="1", running=parts)
        async with app.running():
            service.closers.append(lambda: diary.append("streams ended"))
            await service.part(Engine).accept(make, REQUEST)
            await ready.wait()
        return diary

    assert asyncio.run(live()) == [
        "handlers entered",
        "streams ended",
        "job done",
        "1 ended, database still open",
        "handlers left",
    ]


ENDS = "SELECT count(*) FROM jobs WHERE status = 'succeeded'"

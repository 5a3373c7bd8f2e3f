"""What the tests' service does."""

from __future__ import annotations

import asyncio
from uuid import UUID

from pydantic import MISSING
from wished_service import Caller, Handlers, Job, JobFailed, models
from wished_service.responses import (
    CreateItem201,
    CreateReport402,
    GetItem404,
    PutNote4XX,
    PutNote200,
    PutNote201,
    PutNote204,
    Shout200,
)

NOBODY = UUID(int=0)


class WishedHandlers(Handlers):
    """Answers with what it was asked."""

    def __init__(self) -> None:
        self.notes: dict[str, models.Note] = {}
        self.photos: dict[str, bytes] = {}

    async def get_item(
        self,
        item_id: UUID,
        tags: list[str],
        limit: int,
        fields: list[str] | None,
        filter: models.Filter | None,
        x_trace: str | None,
        session: str | None,
    ) -> models.Item | GetItem404:
        if item_id == NOBODY:
            return GetItem404(models.Refusal(title="No such item"))
        if limit == 13:
            raise RuntimeError("a secret of the machine room")
        return models.Item(
            id=item_id,
            limit=limit,
            tags=tags,
            fields=fields or [],
            filter=MISSING if filter is None else filter,
            trace=MISSING if x_trace is None else x_trace,
            session=MISSING if session is None else session,
        )

    async def create_item(self, body: models.NewItem) -> CreateItem201:
        return CreateItem201(body, location=f"/items/{body.name}", x_remaining=7)

    async def create_report(
        self, x_tenant: str | None, body: models.ReportRequest, job: Job
    ) -> models.Report | CreateReport402:
        await job.progress(done=0, total=body.rows, message=x_tenant or "started")
        if body.seconds is not MISSING:
            await asyncio.sleep(body.seconds)
        if body.outcome == "refused":
            refusal = models.Refusal(title="Not paid", balance=1.5)
            return CreateReport402(refusal, retry_after=60)
        if body.outcome == "broken":
            raise JobFailed("out_of_paper", "There is no paper left", status=507)
        await job.progress(done=body.rows, total=body.rows, message="done")
        return models.Report(rows=body.rows, attempt=job.attempt)

    async def quote(self, body: models.ReportRequest, job: Job) -> models.Report:
        if body.seconds is not MISSING:
            await asyncio.sleep(body.seconds)
        return models.Report(rows=body.rows, attempt=job.attempt)

    async def start_export(self, job: Job) -> models.Report:
        return models.Report(rows=len(job.owner or ""), attempt=job.attempt)

    async def get_secret(self, name: str, caller: Caller) -> models.Secret:
        return models.Secret(name=name, caller=caller.id)

    async def get_door(self, caller: Caller | None) -> str:
        return "nobody" if caller is None else caller.id

    async def upload_photo(self, body: models.Upload) -> models.Photo:
        more = [] if body.more is MISSING else body.more
        return models.Photo(
            name=body.photo.name,
            size=len(body.photo.content),
            files=1 + len(more),
            caption=body.caption,
            rating=body.rating,
            labels=body.labels,
            place=body.place,
        )

    async def get_photo(self, photo_id: str) -> bytes:
        return self.photos.get(photo_id, photo_id.encode())

    async def put_photo(self, photo_id: str, body: bytes) -> None:
        self.photos[photo_id] = body

    async def shout(self, body: str | models.Note) -> Shout200:
        if isinstance(body, str):
            return Shout200(body.upper(), media_type="text/plain")
        note = models.Note(text=body.text.upper())
        return Shout200(note, media_type="application/json")

    async def put_note(
        self, note_id: str, body: models.Note | None
    ) -> PutNote200 | PutNote201 | PutNote204 | PutNote4XX:
        if body is None:
            return PutNote4XX(418, models.Refusal(title="A note must say something"))
        before = self.notes.get(note_id)
        self.notes[note_id] = body
        if before is None:
            return PutNote201(body)
        return PutNote204() if before == body else PutNote200(body)

    async def greet(self, who: str, body: models.Greeting) -> None:
        self.notes[who] = models.Note(text=body.name)

    async def authenticate_bearer(self, token: str) -> Caller | None:
        if token == "broken":
            raise NotImplementedError
        if token == "true":
            return True  # type: ignore[return-value]
        name, _, scopes = token.partition("+")
        known = name in ("alice", "bob")
        return Caller(name, frozenset(scopes.split())) if known else None

    async def authenticate_app_key(self, key: str) -> Caller | None:
        return Caller(f"app:{key}") if key == "k1" else None

    async def authenticate_basic(self, user: str, password: str) -> Caller | None:
        return Caller(user) if password == "swordfish" else None

"""What the service asks of you: one method for each operation."""

from __future__ import annotations

from abc import abstractmethod
from uuid import UUID

from . import models
from .responses import (
    CreateItem201,
    CreateReport402,
    GetItem404,
    PutNote4XX,
    PutNote200,
    PutNote201,
    PutNote204,
    Shout200,
)
from .runtime.access import Caller
from .runtime.job import Job
from .runtime.lifespan import Lifespan


class Handlers(Lifespan):
    """The operations of Wished: implement each in a class of your own."""

    @abstractmethod
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
        """One item of the catalogue."""

    @abstractmethod
    async def create_item(self, body: models.NewItem) -> CreateItem201:
        """POST /items"""

    @abstractmethod
    async def create_report(
        self, x_tenant: str | None, body: models.ReportRequest, job: Job
    ) -> models.Report | CreateReport402:
        """POST /reports"""

    @abstractmethod
    async def quote(self, body: models.ReportRequest, job: Job) -> models.Report:
        """POST /quotes"""

    @abstractmethod
    async def start_export(self, job: Job) -> models.Report:
        """POST /exports"""

    @abstractmethod
    async def get_secret(self, name: str, caller: Caller) -> models.Secret:
        """GET /secrets/{name}"""

    @abstractmethod
    async def get_door(self, caller: Caller | None) -> str:
        """GET /door"""

    @abstractmethod
    async def upload_photo(self, body: models.Upload) -> models.Photo:
        """POST /photos"""

    @abstractmethod
    async def get_photo(self, photo_id: str) -> bytes:
        """GET /photos/{photoId}"""

    @abstractmethod
    async def put_photo(self, photo_id: str, body: bytes) -> None:
        """PUT /photos/{photoId}"""

    @abstractmethod
    async def shout(self, body: str | models.Note) -> Shout200:
        """POST /shout"""

    @abstractmethod
    async def put_note(
        self, note_id: str, body: models.Note | None
    ) -> PutNote200 | PutNote201 | PutNote204 | PutNote4XX:
        """PUT /notes/{noteId}"""

    @abstractmethod
    async def greet(self, who: str, body: models.Greeting) -> None:
        """POST /people/{who}:greet"""

    @abstractmethod
    async def authenticate_bearer(self, token: str) -> Caller | None:
        """The caller that has these credentials, or None."""

    @abstractmethod
    async def authenticate_app_key(self, key: str) -> Caller | None:
        """The caller that has these credentials, or None."""

    @abstractmethod
    async def authenticate_basic(self, user: str, password: str) -> Caller | None:
        """The caller that has these credentials, or None."""

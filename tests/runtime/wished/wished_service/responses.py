"""What the operations answer: a class for each declared response."""

from __future__ import annotations

from . import models
from .runtime.contents import Binary, Json, Text
from .runtime.model import Integer
from .runtime.replies import Reply, ReplyHeader


class GetItem200(Reply):
    """The item."""

    status_code = 200
    contents = {"application/json": Json(models.Item)}

    def __init__(self, body: models.Item) -> None:
        super().__init__(body)


class GetItem404(Reply):
    """No such item."""

    status_code = 404
    contents = {"application/problem+json": Json(models.Refusal)}

    def __init__(self, body: models.Refusal) -> None:
        super().__init__(body)


class CreateItem201(Reply):
    """The item was created."""

    status_code = 201
    contents = {"application/json": Json(models.NewItem)}
    header_types = {
        "location": ReplyHeader("Location", str, required=True),
        "x_remaining": ReplyHeader("X-Remaining", Integer),
    }

    def __init__(
        self, body: models.NewItem, *, location: str, x_remaining: int | None = None
    ) -> None:
        super().__init__(
            body, headers={"location": location, "x_remaining": x_remaining}
        )


class CreateReport201(Reply):
    """The report."""

    status_code = 201
    contents = {"application/json": Json(models.Report)}

    def __init__(self, body: models.Report) -> None:
        super().__init__(body)


class CreateReport402(Reply):
    """The report was refused."""

    status_code = 402
    contents = {"application/problem+json": Json(models.Refusal)}
    header_types = {"retry_after": ReplyHeader("Retry-After", Integer)}

    def __init__(self, body: models.Refusal, *, retry_after: int | None = None) -> None:
        super().__init__(body, headers={"retry_after": retry_after})


class Quote200(Reply):
    """The quote."""

    status_code = 200
    contents = {"application/json": Json(models.Report)}

    def __init__(self, body: models.Report) -> None:
        super().__init__(body)


class StartExport200(Reply):
    """The export."""

    status_code = 200
    contents = {"application/json": Json(models.Report)}

    def __init__(self, body: models.Report) -> None:
        super().__init__(body)


class GetSecret200(Reply):
    """The secret."""

    status_code = 200
    contents = {"application/json": Json(models.Secret)}

    def __init__(self, body: models.Secret) -> None:
        super().__init__(body)


class GetDoor200(Reply):
    """Who is at the door."""

    status_code = 200
    contents = {"text/plain": Text(str)}

    def __init__(self, body: str) -> None:
        super().__init__(body)


class UploadPhoto201(Reply):
    """The photo."""

    status_code = 201
    contents = {"application/json": Json(models.Photo)}

    def __init__(self, body: models.Photo) -> None:
        super().__init__(body)


class GetPhoto200(Reply):
    """The photo itself."""

    status_code = 200
    contents = {"image/png": Binary()}

    def __init__(self, body: bytes) -> None:
        super().__init__(body)


class Shout200(Reply):
    """The text, louder."""

    status_code = 200
    contents = {"text/plain": Text(str), "application/json": Json(models.Note)}

    def __init__(
        self, body: str | models.Note, *, media_type: str | None = None
    ) -> None:
        super().__init__(body, media_type=media_type)


class PutNote200(Reply):
    """The note was replaced."""

    status_code = 200
    contents = {"application/json": Json(models.Note)}

    def __init__(self, body: models.Note) -> None:
        super().__init__(body)


class PutNote201(Reply):
    """The note is new."""

    status_code = 201
    contents = {"application/json": Json(models.Note)}

    def __init__(self, body: models.Note) -> None:
        super().__init__(body)


class PutNote204(Reply):
    """The note is as it was."""

    status_code = 204

    def __init__(self) -> None:
        super().__init__()


class PutNote4XX(Reply):
    """The note was refused."""

    contents = {"application/problem+json": Json(models.Refusal)}

    def __init__(self, status: int, body: models.Refusal) -> None:
        super().__init__(body, status=status)


class Greet204(Reply):
    """Greeted."""

    status_code = 204

    def __init__(self) -> None:
        super().__init__()


class PutPhoto204(Reply):
    """Stored."""

    status_code = 204

    def __init__(self) -> None:
        super().__init__()

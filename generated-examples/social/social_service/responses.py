"""What the operations answer: a class for each declared response."""

from __future__ import annotations

from . import models
from .runtime.contents import Json, Text
from .runtime.replies import Reply
from .runtime.sequences import Events, Lines
from .runtime.streams import StreamReply


class SignUp201(Reply):
    """The account; its token is shown this once."""

    status_code = 201
    contents = {"application/json": Json(models.Account)}

    def __init__(self, body: models.Account) -> None:
        super().__init__(body)


class SignUp409(Reply):
    """Somebody else has that name."""

    status_code = 409
    contents = {"application/problem+json": Json(models.Refusal)}

    def __init__(self, body: models.Refusal) -> None:
        super().__init__(body)


class CreatePost201(Reply):
    """The post as everybody sees it."""

    status_code = 201
    contents = {"application/json": Json(models.Post)}

    def __init__(self, body: models.Post) -> None:
        super().__init__(body)


class ListPosts200(Reply):
    """A page."""

    status_code = 200
    contents = {"application/json": Json(models.Page)}

    def __init__(self, body: models.Page) -> None:
        super().__init__(body)


class ListPosts404(Reply):
    """There is no page at this cursor."""

    status_code = 404
    contents = {"application/problem+json": Json(models.Refusal)}

    def __init__(self, body: models.Refusal) -> None:
        super().__init__(body)


class GetPost200(Reply):
    """The post."""

    status_code = 200
    contents = {"application/json": Json(models.Post)}

    def __init__(self, body: models.Post) -> None:
        super().__init__(body)


class GetPost404(Reply):
    """There is no such post, or it is somebody else's."""

    status_code = 404
    contents = {"application/problem+json": Json(models.Refusal)}

    def __init__(self, body: models.Refusal) -> None:
        super().__init__(body)


class DeletePost204(Reply):
    """It is gone."""

    status_code = 204

    def __init__(self) -> None:
        super().__init__()


class DeletePost404(Reply):
    """There is no such post, or it is somebody else's."""

    status_code = 404
    contents = {"application/problem+json": Json(models.Refusal)}

    def __init__(self, body: models.Refusal) -> None:
        super().__init__(body)


class LikePost200(Reply):
    """How many like it now."""

    status_code = 200
    contents = {"application/json": Json(models.Likes)}

    def __init__(self, body: models.Likes) -> None:
        super().__init__(body)


class LikePost404(Reply):
    """There is no such post, or it is somebody else's."""

    status_code = 404
    contents = {"application/problem+json": Json(models.Refusal)}

    def __init__(self, body: models.Refusal) -> None:
        super().__init__(body)


class ListMentions200(StreamReply):
    """The posts, oldest first."""

    status_code = 200
    sequences = {"application/jsonl": Lines(models.Post)}

    def __init__(self) -> None:
        super().__init__()


class ListMentions404(Reply):
    """There is no such post, or it is somebody else's."""

    status_code = 404
    contents = {"application/problem+json": Json(models.Refusal)}

    def __init__(self, body: models.Refusal) -> None:
        super().__init__(body)


class Feed200(StreamReply):
    """What happens, as it does."""

    status_code = 200
    sequences = {
        "text/event-stream": Events(
            {
                "posted": Json(models.Post),
                "liked": Json(models.Likes),
                "deleted": Text(str),
            }
        )
    }

    def __init__(self) -> None:
        super().__init__()

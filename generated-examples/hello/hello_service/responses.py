"""What the operations answer: a class for each declared response."""

from __future__ import annotations

from . import models
from .runtime.contents import Json
from .runtime.replies import Reply


class CreateGreeting201(Reply):
    """The finished greeting."""

    status_code = 201
    contents = {"application/json": Json(models.Greeting)}

    def __init__(self, body: models.Greeting) -> None:
        super().__init__(body)


class ListLanguages200(Reply):
    """The languages."""

    status_code = 200
    contents = {"application/json": Json(list[models.Language])}

    def __init__(self, body: list[models.Language]) -> None:
        super().__init__(body)

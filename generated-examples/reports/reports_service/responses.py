"""What the operations answer: a class for each declared response."""

from __future__ import annotations

from typing import Annotated

from . import models
from .runtime.contents import Json, Text
from .runtime.replies import Reply, ReplyHeader
from .runtime.spelling import Spelled


class RecordSales200(Reply):
    """How many sales there are now."""

    status_code = 200
    contents = {"application/json": Json(models.Ledger)}

    def __init__(self, body: models.Ledger) -> None:
        super().__init__(body)


class CreateReport201(Reply):
    """The report."""

    status_code = 201
    contents = {"application/json": Json(models.Report)}

    def __init__(self, body: models.Report) -> None:
        super().__init__(body)


class CreateReport422(Reply):
    """There is nothing to report on."""

    status_code = 422
    contents = {"application/problem+json": Json(models.Refusal)}

    def __init__(self, body: models.Refusal) -> None:
        super().__init__(body)


class GetReport200(Reply):
    """The report."""

    status_code = 200
    contents = {"application/json": Json(models.Report)}

    def __init__(self, body: models.Report) -> None:
        super().__init__(body)


class GetReport404(Reply):
    """There is no such report."""

    status_code = 404
    contents = {"application/problem+json": Json(models.Refusal)}

    def __init__(self, body: models.Refusal) -> None:
        super().__init__(body)


class Summarize200(Reply):
    """The sums."""

    status_code = 200
    contents = {"application/json": Json(models.Summary)}

    def __init__(self, body: models.Summary) -> None:
        super().__init__(body)


class ExportSales200(Reply):
    """The file itself, since it is a small one."""

    status_code = 200
    contents = {"text/csv": Text(str)}

    def __init__(self, body: str) -> None:
        super().__init__(body)


class ExportSales201(Reply):
    """Where the file is, since it is a big one."""

    status_code = 201
    contents = {"application/json": Json(models.StoredFile)}
    header_types = {
        "location": ReplyHeader(
            "Location", Annotated[str, Spelled("uri")], required=True
        )
    }

    def __init__(self, body: models.StoredFile, *, location: str) -> None:
        super().__init__(body, headers={"location": location})


class ExportSales204(Reply):
    """Nothing was sold."""

    status_code = 204

    def __init__(self) -> None:
        super().__init__()

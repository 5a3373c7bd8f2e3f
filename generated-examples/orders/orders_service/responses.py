"""What the operations answer: a class for each declared response."""

from __future__ import annotations

from . import models
from .runtime.contents import Json
from .runtime.model import Integer
from .runtime.replies import Reply, ReplyHeader


class PlaceOrder201(Reply):
    """The placed order."""

    status_code = 201
    contents = {"application/json": Json(models.Order)}

    def __init__(self, body: models.Order) -> None:
        super().__init__(body)


class PlaceOrder402(Reply):
    """The payment was refused."""

    status_code = 402
    contents = {"application/problem+json": Json(models.Refusal)}

    def __init__(self, body: models.Refusal) -> None:
        super().__init__(body)


class ListOrders200(Reply):
    """The orders."""

    status_code = 200
    contents = {"application/json": Json(list[models.Order])}
    header_types = {
        "x_total_count": ReplyHeader("X-Total-Count", Integer, required=True)
    }

    def __init__(self, body: list[models.Order], *, x_total_count: int) -> None:
        super().__init__(body, headers={"x_total_count": x_total_count})


class GetOrder200(Reply):
    """The order."""

    status_code = 200
    contents = {"application/json": Json(models.Order)}

    def __init__(self, body: models.Order) -> None:
        super().__init__(body)


class GetOrder404(Reply):
    """There is no such order."""

    status_code = 404
    contents = {"application/problem+json": Json(models.Missing)}

    def __init__(self, body: models.Missing) -> None:
        super().__init__(body)


class ShipOrder200(Reply):
    """The shipment."""

    status_code = 200
    contents = {"application/json": Json(models.Shipment)}

    def __init__(self, body: models.Shipment) -> None:
        super().__init__(body)


class ShipOrder404(Reply):
    """There is no such order."""

    status_code = 404
    contents = {"application/problem+json": Json(models.Missing)}

    def __init__(self, body: models.Missing) -> None:
        super().__init__(body)


class CreateRefund201(Reply):
    """The refund."""

    status_code = 201
    contents = {"application/json": Json(models.Refund)}

    def __init__(self, body: models.Refund) -> None:
        super().__init__(body)


class CreateRefund404(Reply):
    """There is no such order."""

    status_code = 404
    contents = {"application/problem+json": Json(models.Missing)}

    def __init__(self, body: models.Missing) -> None:
        super().__init__(body)


class CreateRefund409(Reply):
    """More than was paid."""

    status_code = 409
    contents = {"application/problem+json": Json(models.Refusal)}

    def __init__(self, body: models.Refusal) -> None:
        super().__init__(body)

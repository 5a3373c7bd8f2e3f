"""What the service tells its callers, at a URL that they gave: `callbacks.<operation>.<callback>`."""

from __future__ import annotations

from . import models
from .runtime.callbacks import CallbackTarget
from .runtime.contents import Json

PLACE_ORDER_PLACED: CallbackTarget[models.Order] = CallbackTarget(
    operation="placeOrder",
    name="placed",
    expression="{$request.body#/callbackUrl}",
    contents={"application/json": Json(models.Order)},
    sends_on=(201,),
)

PLACE_ORDER_REFUSED: CallbackTarget[models.Refusal] = CallbackTarget(
    operation="placeOrder",
    name="refused",
    expression="{$request.body#/callbackUrl}",
    contents={"application/problem+json": Json(models.Refusal)},
    sends_on=(402,),
)


class PlaceOrderCallbacks:
    """The callbacks of placeOrder."""

    placed = PLACE_ORDER_PLACED
    refused = PLACE_ORDER_REFUSED


place_order = PlaceOrderCallbacks()

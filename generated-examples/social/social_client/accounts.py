"""The operations tagged accounts, and how each is called."""

from __future__ import annotations

from . import errors, models
from .runtime.bodies import Json
from .runtime.call import Operation
from .runtime.decoding import Raises, Returns
from .runtime.transport import AsyncConnection

SIGN_UP: Operation[models.Account] = Operation(
    name="signUp",
    method="POST",
    path="/accounts",
    contents={"application/json": Json(models.AccountRequest)},
    answers={
        "201": Returns({"application/json": Json(models.Account)}),
        "409": Raises(
            {"application/problem+json": Json(models.Refusal)},
            error=errors.SignUp409Error,
        ),
    },
)


class Accounts:
    """Who takes part."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def sign_up(self, body: models.AccountRequest) -> models.Account:
        """Open an account."""
        return await self._connection.call(SIGN_UP, (), body)

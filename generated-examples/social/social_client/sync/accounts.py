"""The operations tagged accounts, without `await`."""

from __future__ import annotations

from .. import models
from ..accounts import SIGN_UP
from ..runtime.transport import Connection


class Accounts:
    """Who takes part."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def sign_up(self, body: models.AccountRequest) -> models.Account:
        """Open an account."""
        return self._connection.call(SIGN_UP, (), body)

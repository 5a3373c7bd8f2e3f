"""The client of Orders: every operation, grouped by its tag, without `await`."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ..credentials import SCHEMES
from ..runtime.call import Remote
from ..runtime.retries import Retries
from ..runtime.transport import Session, Transport

if TYPE_CHECKING:
    from .orders import Orders
    from .refunds import Refunds


class Client(Session):
    """An online shop. Placing an order and refunding it take time, because a bank is
    asked: both are asynchronous. The shop's partners hear of shipments by
    webhook.
    """

    def __init__(
        self,
        base_url: str,
        *,
        partner: str | None = None,
        staff: str | None = None,
        timeout: float = 30.0,
        retries: Retries = Retries(),
        transport: Transport | None = None,
    ) -> None:
        """Connect to the service at `base_url`; credentials are sent nowhere else."""
        credentials = {"partner": partner, "staff": staff}
        remote = Remote(base_url, SCHEMES, credentials, timeout, retries)
        super().__init__(remote, transport)

    @cached_property
    def orders(self) -> Orders:
        """Placing orders and following them."""
        from .orders import Orders

        return Orders(self._connection)

    @cached_property
    def refunds(self) -> Refunds:
        """Giving money back."""
        from .refunds import Refunds

        return Refunds(self._connection)

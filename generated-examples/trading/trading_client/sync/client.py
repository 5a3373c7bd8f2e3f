"""The client of Trading: every operation, grouped by its tag, without `await`."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ..runtime.call import Remote
from ..runtime.retries import Retries
from ..runtime.transport import Session, Transport

if TYPE_CHECKING:
    from .orders import Orders
    from .market import Market


class Client(Session):
    """A small exchange. Orders come over HTTP or over Kafka (`trading.yaml`) and are
    the same orders: one job, one status, whichever way they came. Prices are a
    stream of server-sent events; whoever wants to hear of fills subscribes to the
    webhook.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeout: float = 30.0,
        retries: Retries = Retries(),
        transport: Transport | None = None,
    ) -> None:
        """Connect to the service at `base_url`; credentials are sent nowhere else."""
        remote = Remote(base_url, timeout=timeout, retries=retries)
        super().__init__(remote, transport)

    @cached_property
    def orders(self) -> Orders:
        """Buying and selling."""
        from .orders import Orders

        return Orders(self._connection)

    @cached_property
    def market(self) -> Market:
        """What things cost."""
        from .market import Market

        return Market(self._connection)

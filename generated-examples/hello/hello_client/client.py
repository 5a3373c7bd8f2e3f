"""The asyncio client of Hello: every operation, grouped by its tag."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from .runtime.call import Remote
from .runtime.retries import Retries
from .runtime.transport import AsyncSession, AsyncTransport

if TYPE_CHECKING:
    from .greetings import Greetings


class Client(AsyncSession):
    """The smallest asynchronous service, a greeting that takes its time."""

    def __init__(
        self,
        base_url: str,
        *,
        timeout: float = 30.0,
        retries: Retries = Retries(),
        transport: AsyncTransport | None = None,
    ) -> None:
        """Connect to the service at `base_url`; credentials are sent nowhere else."""
        remote = Remote(base_url, timeout=timeout, retries=retries)
        super().__init__(remote, transport)

    @cached_property
    def greetings(self) -> Greetings:
        """The operations tagged greetings."""
        from .greetings import Greetings

        return Greetings(self._connection)

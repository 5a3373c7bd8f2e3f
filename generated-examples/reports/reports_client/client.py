"""The asyncio client of Reports: every operation, grouped by its tag."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from .runtime.call import Remote
from .runtime.retries import Retries
from .runtime.transport import AsyncSession, AsyncTransport

if TYPE_CHECKING:
    from .sales import Sales
    from .reports import Reports


class Client(AsyncSession):
    """Reports over what a shop sold. A big one takes minutes and says which step it
    is at; a summary is mostly there at once; an export ends in whatever it found
    to write.
    """

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
    def sales(self) -> Sales:
        """What the reports are made of."""
        from .sales import Sales

        return Sales(self._connection)

    @cached_property
    def reports(self) -> Reports:
        """Making and reading reports."""
        from .reports import Reports

        return Reports(self._connection)

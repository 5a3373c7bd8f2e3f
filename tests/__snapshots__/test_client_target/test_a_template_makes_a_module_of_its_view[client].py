"""The client of Toys."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .toys import Toys


class Client(AsyncSession):
    """Calls Toys."""

    def __init__(self, base_url: str) -> None:
        """Connect to the service at `base_url`; credentials are sent nowhere else."""
        super().__init__(base_url)

    @cached_property
    def toys(self) -> Toys:
        """Toys."""
        from .toys import Toys

        return Toys(self._connection)

"""The client of Social: every operation, grouped by its tag, without `await`."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ..credentials import SCHEMES
from ..runtime.call import Remote
from ..runtime.retries import Retries
from ..runtime.transport import Session, Transport

if TYPE_CHECKING:
    from .accounts import Accounts
    from .posts import Posts
    from .feed import Feed


class Client(Session):
    """A small social network. People sign up, post texts, photos and polls, and
    follow along as it happens: the feed is a stream of server-sent events that
    goes on where it broke off.
    """

    def __init__(
        self,
        base_url: str,
        *,
        member: str | None = None,
        timeout: float = 30.0,
        retries: Retries = Retries(),
        transport: Transport | None = None,
    ) -> None:
        """Connect to the service at `base_url`; credentials are sent nowhere else."""
        credentials = {"member": member}
        remote = Remote(base_url, SCHEMES, credentials, timeout, retries)
        super().__init__(remote, transport)

    @cached_property
    def accounts(self) -> Accounts:
        """Who takes part."""
        from .accounts import Accounts

        return Accounts(self._connection)

    @cached_property
    def posts(self) -> Posts:
        """What is said."""
        from .posts import Posts

        return Posts(self._connection)

    @cached_property
    def feed(self) -> Feed:
        """What is said, as it happens."""
        from .feed import Feed

        return Feed(self._connection)

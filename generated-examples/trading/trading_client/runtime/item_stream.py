"""A stream of typed items: `async for item in client.feeds.feed()`."""

from __future__ import annotations

from types import TracebackType
from typing import Generic, Self, TypeVar, cast

from .call import Operation, request_of
from .item_plan import Following, patient
from .transport import AsyncConnection

T = TypeVar("T")


class ItemStream(Generic[T]):
    """Items as they come. The call is made when the first one is asked for.

    `async with` closes the stream when its block is left; so does the end of its items.
    """

    def __init__(
        self,
        connection: AsyncConnection,
        operation: Operation[T],
        values: tuple[object, ...] = (),
        body: object = None,
        media_type: str | None = None,
        *,
        last_event_id: str | None = None,
    ) -> None:
        self.last_event_id = last_event_id
        """The id of the last event that came: where a later call goes on."""
        remote = connection.remote
        request = request_of(remote, operation, values, body, media_type)
        request = patient(request, operation)
        plan = Following(remote, operation, request, last_event_id, self._tell)
        self._items = connection.stream(plan.items())

    def _tell(self, last_id: str) -> None:
        self.last_event_id = last_id or None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        return cast(T, await anext(self._items))

    async def aclose(self) -> None:
        """End the stream."""
        await self._items.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

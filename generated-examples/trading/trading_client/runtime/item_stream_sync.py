"""A stream of typed items, without `await`: `for item in client.feeds.feed()`."""

from __future__ import annotations

from types import TracebackType
from typing import Generic, Self, TypeVar, cast

from .call import Operation, request_of
from .item_plan import Following, patient
from .transport import Connection

T = TypeVar("T")


class ItemStream(Generic[T]):
    """Items as they come. The call is made when the first one is asked for.

    `with` closes the stream when its block is left; so does the end of its items.
    """

    def __init__(
        self,
        connection: Connection,
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

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        return cast(T, next(self._items))

    def close(self) -> None:
        """End the stream."""
        self._items.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

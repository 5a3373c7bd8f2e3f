"""How a stream of items is followed: opened, read, and opened again after its last event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import uniform
from typing import Any

from .bodies import choose
from .call import Operation, Remote, repeatable, with_headers
from .decoding import outcome_of
from .errors import ConnectionFailed, UnreadableResponse
from .exchange import Request, Response
from .item_formats import Items
from .reasons import in_words
from .retries import BUSY, ONCE
from .steps import Plan, close, emit, open_stream, read, sleep

SILENCE = 40.0
"""Seconds without a byte after which events count as broken off; a live stream comments every 15."""
DROPS = 4
"""How many streams in a row may end without an item before there are no more."""
PAUSE = 2.0
"""Seconds before a stream is opened again, until the service asks for others."""


class Following:
    """One stream, through all its breaks.

    A stream that breaks off goes on after the id of its last event; without one nobody
    can tell what was missed, so that the break is an error.
    """

    def __init__(
        self,
        remote: Remote,
        operation: Operation[Any],
        request: Request,
        last_id: str | None,
        told: Callable[[str], None],
    ) -> None:
        self.remote = remote
        self.operation = operation
        self.plain = request
        self.last_id = last_id or ""
        self.told = told
        self.drops = 0
        self.pause = PAUSE

    def items(self) -> Plan[None]:
        """Emit every item."""
        while (opened := (yield from self.open())) is not None:
            items = self.items_of(opened)
            if items is None:
                yield from self.answer(opened)
                return
            try:
                yield from self.read(items, opened)
            except ConnectionFailed:
                if not self.last_id:
                    raise
            yield from close()
            if not self.last_id or self.drops >= DROPS:
                return
            yield from sleep(uniform(0.5, 1.0) * self.pause * 2**self.drops)
            self.drops += 1  # an item that arrives sets it back

    def open(self) -> Plan[Response | None]:
        """The head of the stream, tried again where that does no harm; None at its end."""
        harmless = repeatable(self.plain) or bool(self.last_id)
        retries = self.remote.retries if harmless else ONCE
        failures = 0
        while True:
            failures += 1
            after: float | None = None
            try:
                opened = yield from open_stream(self.request())
            except ConnectionFailed:
                if not retries.allows(failures):
                    raise
            else:
                after = opened.retry_after
                if opened.status == 204 and self.last_id:  # its last event was the last
                    return None
                if opened.status not in BUSY or not retries.allows(failures, after):
                    return opened
                yield from close()
            yield from sleep(retries.pause(failures, after))

    def request(self) -> Request:
        """The call, from the last event on."""
        kept = (h for h in self.plain.headers if h[0].lower() != "last-event-id")
        if not self.last_id:
            return self.plain
        request = replace(self.plain, headers=tuple(kept))
        return with_headers(request, ("Last-Event-ID", self.last_id))

    def items_of(self, opened: Response) -> Items | None:
        """How the items are to be read; None for an answer of another kind."""
        outcome = outcome_of(self.operation.answers, opened.status)
        content = choose(outcome.contents, opened.content_type) if outcome else None
        return content if isinstance(content, Items) else None

    def read(self, items: Items, opened: Response) -> Plan[None]:
        """Emit what the open stream brings."""
        reading = items.reading(self.last_id)
        try:
            while piece := (yield from read()):
                for item in reading.feed(piece):
                    self.drops = 0
                    self.last_id = reading.last_id
                    self.told(self.last_id)
                    yield from emit(item)
                self.last_id = reading.last_id
                self.pause = reading.retry or self.pause
            for item in reading.end():
                yield from emit(item)
        except ValueError as reason:
            name = self.operation.name
            raise UnreadableResponse(name, opened, in_words(reason)) from reason

    def answer(self, opened: Response) -> Plan[None]:
        """Emit the other result that an answer is; a declared error is raised."""
        pieces = []
        while piece := (yield from read()):
            pieces.append(piece)
        yield from close()
        result = self.operation.read(replace(opened, content=b"".join(pieces)))
        if result is not None:
            yield from emit(result)


def patient(request: Request, operation: Operation[Any]) -> Request:
    """The request, with the patience that events ask for: a live stream tells when it is idle."""
    contents = [c for o in operation.answers.values() for c in o.contents.values()]
    if not any(isinstance(one, Items) and one.resumable for one in contents):
        return request
    return replace(request, timeout=max(request.timeout, SILENCE))

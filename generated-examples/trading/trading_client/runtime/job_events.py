"""A job's events as they happen: its stream, resumed where it breaks off, else long polling."""

from __future__ import annotations

from random import uniform
from typing import Generic, TypeVar

from pydantic import ValidationError

from .call import with_headers
from .errors import ConnectionFailed
from .event_stream import Event, EventStream
from .exchange import Request
from .job_status import JobStatus
from .remote_job import LONG_POLL, RemoteJob
from .retries import BUSY
from .steps import Plan, close, emit, open_stream, read, sleep

T = TypeVar("T")
P = TypeVar("P")

SILENCE = 40.0
"""Seconds without a byte after which a stream counts as broken; a live one comments every 15."""
DROPS = 3
"""How many streams in a row may break without an event before long polling takes over."""
PAUSE = 2.0
"""Seconds before a stream is opened again, until the service asks for others."""


def events(job: RemoteJob[T, P]) -> Plan[None]:
    """Emit the job's status as it is, then at every change until it has ended."""
    return Watch(job).events()


class Watch(Generic[T, P]):
    """Follows one job; knows the last event and how often the stream broke off since."""

    def __init__(self, job: RemoteJob[T, P]) -> None:
        self.job = job
        self.last_id = ""
        self.told = -1
        self.drops = 0
        self.pause = PAUSE

    def events(self) -> Plan[None]:
        while self.drops < DROPS:
            self.drops += 1  # an event that arrives sets it back
            if (yield from self.follow()):
                return
            if self.drops < DROPS:
                yield from sleep(uniform(0.5, 1.0) * self.pause * 2 ** (self.drops - 1))
        yield from self.poll()

    def follow(self) -> Plan[bool]:
        """Follow one stream to its end; whether the job's end was seen."""
        try:
            opened = yield from open_stream(self.request())
            if opened.status == 204:  # the last event was the last one
                return True
            if opened.media_type == "text/event-stream" and opened.status == 200:
                return (yield from self.read())
        except ConnectionFailed:
            return False
        yield from close()
        if opened.status in BUSY:
            self.pause = opened.retry_after or self.pause
        else:
            self.drops = DROPS  # there is no such stream
        return False

    def request(self) -> Request:
        request = self.job.request("GET", "/events", timeout=SILENCE)
        request = with_headers(request, ("Accept", "text/event-stream"))
        if not self.last_id:
            return request
        return with_headers(request, ("Last-Event-ID", self.last_id))

    def read(self) -> Plan[bool]:
        """Emit what the open stream brings; whether the job's end was among it."""
        stream = EventStream(self.last_id)
        while piece := (yield from read()):
            for event in stream.feed(piece):
                self.drops = 0
                self.last_id = event.id
                if (status := self.status_of(event)) is None:
                    continue
                yield from self.tell(status)
                if status.done:
                    return True
            self.pause = stream.retry or self.pause
        return False

    def status_of(self, event: Event) -> JobStatus[P] | None:
        """The status document that an event carries."""
        try:
            return self.job.operation.status_type.validate_json(event.data)
        except ValidationError:
            return None

    def tell(self, status: JobStatus[P]) -> Plan[None]:
        """Emit what has not been told yet."""
        self.job.seen = status
        if status.version > self.told:
            self.told = status.version
            yield from emit(status)

    def poll(self) -> Plan[None]:
        """Emit every change that long polling shows."""
        status = yield from self.job.status()
        yield from self.tell(status)
        while not status.done:
            status = yield from self.job.poll(LONG_POLL)
            yield from self.tell(status)

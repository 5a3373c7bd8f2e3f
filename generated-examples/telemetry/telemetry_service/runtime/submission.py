"""Takes a message as a job: its id is the idempotency key, and it is acknowledged once the job is committed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from pydantic_core import to_json

from .address import PARAMETER
from .admission import ComeBack, KeyReused
from .consumer import Consumer
from .engine import Engine
from .idempotency import fingerprint
from .incoming import Incoming
from .job_document import JobLinks, document
from .jobs import JobRecord
from .letters import Asked, asked_by, later
from .message_headers import (
    CALLER,
    CONTENT_TYPE,
    CORRELATION_ID,
    MESSAGE_ID,
    REPLY_TO,
)
from .message_location import location_of
from .operation import MESSAGE, AsyncOperation
from .outgoing import Letter
from .problem import HttpProblem
from .reader import Reader
from .received import Received
from .service import Service
from .submit import TRACEPARENT, retained, turned_away

KEPT = frozenset({CORRELATION_ID, MESSAGE_ID, REPLY_TO})


class Submissions:
    """Makes jobs of messages, for the engine of this service."""

    def __init__(self, service: Service[Any], group: str) -> None:
        self.service = service
        self.group = group

    async def submit(self, consumer: Consumer[Any], incoming: Incoming) -> list[Letter]:
        """What is to be sent at once: `accepted`, or the message itself while there is no room.

        Raises HttpProblem for a message that can be no job, and where no broker keeps it for later.
        """
        assert consumer.operation is not None
        owner = await self.owner(consumer, incoming)
        operation = retained(kept(consumer), self.service)
        request = received_of(consumer, incoming)
        operation.read(Reader(request))
        for check in self.service.checks:
            check(operation, request)
        try:
            accepted = await self.service.part(Engine).accept(
                operation,
                request,
                owner=owner,
                key=incoming.id,
                fingerprint=fingerprint(as_call(operation, request)),
                traceparent=trace_of(incoming.headers),
            )
        except KeyReused:
            detail = "This message id belongs to a different message"
            raise HttpProblem(422, detail=detail, code="message_id_reused") from None
        except ComeBack as full:
            if consumer.channel.carrier != "broker":
                raise turned_away(full) from None
            return [later(consumer, incoming, self.group, full.retry_after)]
        asked = asked_by(consumer, incoming)
        told = asked and self.acceptance(asked, accepted.job)
        return [told] if told else []

    async def owner(self, consumer: Consumer[Any], incoming: Incoming) -> str | None:
        """Whose job the message becomes: its sender's, where the channel asked who that is, else the handlers say it.

        What a broker brings as `x-caller` proves nothing.
        """
        body, message = incoming.take(*consumer.kinds)
        if consumer.channel.carrier != "broker" and CALLER in incoming.headers:
            return incoming.headers[CALLER]
        if consumer.owner is None:
            return None
        owner = await getattr(self.service.handlers, consumer.owner)(body, message)
        if owner is not None and not isinstance(owner, str):
            raise TypeError(f"{consumer.owner} must return the id of a caller, or None")
        return owner

    def acceptance(self, asked: Asked, job: JobRecord) -> Letter | None:
        """The status of the job, where the document declares a reply for it."""
        origin = self.service.settings.public_url or ""
        links = JobLinks(self.service.base, self.service.paths)
        body = to_json(document(job, links.of(job.id, origin)))
        for kind in asked.replies.accepted:
            if kind.content is not None:
                told = kind.content.rewritten(body)
                value = kind.content.read(told, kind.content_type)
                return asked.reply(value, (kind,))
        return None


def kept(consumer: Consumer[Any]) -> AsyncOperation[Any]:
    """The operation, whose jobs keep what a reply needs and what the messages declare."""
    assert consumer.operation is not None
    names = KEPT.union(*(kind.header_names for kind in consumer.kinds))
    place = consumer.reply and consumer.reply.address
    where = location_of(place) if place else None
    if where is not None and where.in_header:
        names |= {where.header}
    return replace(consumer.operation, keeps=consumer.operation.keeps | names)


def received_of(consumer: Consumer[Any], incoming: Incoming) -> Received:
    """The message as a request: the parameters of its address are those of the path.

    What is a form of JSON is kept as JSON, so that one job may be asked for in several.
    """
    headers = {
        CONTENT_TYPE: consumer.kinds[0].content_type,
        **incoming.headers,
        MESSAGE_ID: incoming.id,
    }
    if incoming.legible != incoming.body:
        headers[CONTENT_TYPE] = "application/json"
    if incoming.correlation_id is not None:
        headers[CORRELATION_ID] = incoming.correlation_id
    path = {name: quote(text, safe="") for name, text in incoming.parameters.items()}
    return Received(
        MESSAGE,
        incoming.address,
        path,
        "",
        tuple(headers.items()),
        incoming.legible,
    )


def as_call(operation: AsyncOperation[Any], request: Received) -> Received:
    """The request as HTTP would bring it, so that both ways lead to one job."""
    path = PARAMETER.sub(lambda name: request.path.get(name[1], ""), operation.path)
    return replace(request, method=operation.method, url=path)


def trace_of(headers: Mapping[str, str]) -> str | None:
    """The trace of a message, if it is one."""
    given = headers.get("traceparent", "")
    return given if TRACEPARENT.fullmatch(given) else None

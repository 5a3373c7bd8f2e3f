"""Notices: the end of a job, told to the URL in the header Callback-Url of its request.

Only operations that declare no callbacks of their own take that header.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection
from yarl import URL

from .ending import Ending, FinishHook
from .deliveries import NewDelivery, add, new_event_id
from .guard import Rules, check_target, endpoint_of
from .job_document import JobLinks, document, moment
from .jobs import JobRecord
from .operation import AsyncOperation
from .received import Received
from .service import Service

StatusDocument = Callable[[JobRecord], Mapping[str, Any]]
"""What `GET /jobs/{id}` says of a job."""


def notices(status: StatusDocument) -> FinishHook:
    """Writes, with a job's end, the `job.succeeded | job.failed | job.canceled` that was asked for."""

    def on_finish(
        job: JobRecord, ending: Ending
    ) -> list[Callable[[Connection], object]]:
        if job.callback_url is None:
            return []
        notice = notice_of(job, job.callback_url, status)
        return [lambda connection: add(connection, [notice])]

    return on_finish


def check_callback_url(
    rules: Rules, operation: AsyncOperation[Any], request: Received
) -> str | None:
    """The header Callback-Url of the request, if it counts; raises TargetRefused."""
    if operation.callbacks:
        return None
    for name, url in request.headers:
        if name == "callback-url":
            check_target(url, rules)
            return url
    return None


def status_document(service: Service[Any]) -> StatusDocument:
    """The status documents of a service's jobs, with links to where each was submitted."""

    def status(job: JobRecord) -> Mapping[str, Any]:
        links = JobLinks(service.base, service.paths)
        origin = service.settings.public_url or _origin(job)
        return document(job, links.of(job.id, origin))

    return status


def notice_of(job: JobRecord, url: str, status: StatusDocument) -> NewDelivery:
    """How the job ended, as a delivery to `url`."""
    event = f"job.{job.status}"
    told = {
        "type": event,
        "timestamp": moment(job.finished or job.updated),
        "data": status(job),
    }
    return NewDelivery(
        event=event,
        event_id=new_event_id(),
        endpoint=endpoint_of(url),
        url=url,
        content_type="application/json",
        body=to_json(told),
        owner=job.owner,
        job_id=job.id,
        traceparent=job.traceparent,
    )


def _origin(job: JobRecord) -> str:
    """Scheme, host and port of the URL that the job was submitted to."""
    return str(URL(Received.restored(job.request).url, encoded=True).origin())

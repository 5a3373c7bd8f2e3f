"""What is asked of subscriptions in bodies, and what may be wrong with it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from .contents import Json
from .formats import DateTime
from .guard import TargetRefused, check_target
from .reader import Body, Reader
from .service import Service, reader_of

T = TypeVar("T", bound=BaseModel)
Events = Annotated[tuple[str, ...], Field(min_length=1)]


class Asked(BaseModel):
    """A body that says nothing else."""

    model_config = ConfigDict(extra="forbid")


class NewSubscription(Asked):
    """What a subscriber asks for; without `events`, every webhook."""

    url: str
    events: Events | None = None


class SubscriptionChange(Asked):
    """What is to be different (RFC 7396): what is absent stays, and null is every webhook."""

    url: str = ""
    events: Events | None = None
    enabled: bool = True


class WantedReplay(Asked):
    """What is to be sent again; without a word, all that is still kept."""

    since: DateTime = datetime.fromtimestamp(0, UTC)
    until: DateTime = datetime.max.replace(tzinfo=UTC)
    event: str = ""
    failed: bool = False
    """Only what never arrived."""


JSON, PATCH = "application/json", "application/merge-patch+json"
NEW: Body[NewSubscription] = Body({JSON: Json(NewSubscription)}, required=True)
CHANGE: Body[SubscriptionChange] = Body(
    {JSON: Json(SubscriptionChange), PATCH: Json(SubscriptionChange)}, required=True
)
REPLAY: Body[WantedReplay] = Body({JSON: Json(WantedReplay)})


async def read(
    service: Service[Any], request: Request, body: Body[T], events: Collection[str]
) -> T:
    """The body, with every violation of it in one 422; None where none was sent and none has to be."""
    reader = await reader_of(request)
    wanted = reader.body(body)
    reader.done()
    given = wanted.model_dump(exclude_unset=True) if wanted else {}
    if "url" in given:
        _check_url(reader, given["url"], service)
    for index, name in enumerate(given.get("events") or ()):
        _check_event(reader, f"#/events/{index}", name, events)
    if "event" in given:
        _check_event(reader, "#/event", given["event"], events)
    reader.done()
    return wanted


def _check_url(reader: Reader, url: str, service: Service[Any]) -> None:
    try:
        check_target(url, service.settings)
    except TargetRefused as refusal:
        reader.add({"pointer": "#/url", "detail": str(refusal.detail), "code": "url"})


def _check_event(
    reader: Reader, pointer: str, name: str, events: Collection[str]
) -> None:
    if name not in events:
        detail = f"There is no webhook {name}; there are: {', '.join(events)}"
        reader.add({"pointer": pointer, "detail": detail, "code": "webhook"})

"""The service's own refusals, said as the errors that the document declares."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from .contents import Content
from .problem import HttpProblem

log = logging.getLogger(__name__)

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class OwnError:
    """A declared error: the handlers' method that says a refusal as one, and how it travels."""

    method: str
    media_type: str
    content: Content


OwnErrors = Mapping[str, OwnError | None]
"""By status, range (`4XX`) or `default`; None where a problem is what is declared."""


def refused_as(errors: OwnErrors) -> Callable[[Endpoint], Endpoint]:
    """Marks an endpoint: what is refused there is said as these errors."""

    def tell(refusal: HttpProblem, handlers: Any) -> Response | None:
        own = error_of(errors, refusal.status)
        return None if own is None else response(own, refusal, handlers)

    def marked(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, "tell", tell)
        return endpoint

    return marked


def error_of(errors: OwnErrors, status: int) -> OwnError | None:
    """The error that is declared for a status; the closest declaration counts."""
    for key in (str(status), f"{status // 100}XX", "default"):
        if key in errors:
            return errors[key]
    return None


def response(own: OwnError, refusal: HttpProblem, handlers: Any) -> Response | None:
    """What the handlers make of a refusal; None where that is nothing, or nothing that is declared."""
    try:
        body = getattr(handlers, own.method)(refusal)
        if body is None:
            return None
        text = own.content.write(body)
    except Exception:
        log.exception("%s cannot say: %s", own.method, refusal.message)
        return None
    return Response(text, refusal.status, refusal.headers, own.media_type)

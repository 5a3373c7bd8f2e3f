"""What schemathesis cannot know of the contract; everything else that it finds counts."""

from __future__ import annotations

import hashlib
import os
from typing import Any
from urllib.parse import urlsplit

import schemathesis
from schemathesis.core.failures import Failure, ResponseTimeExceeded
from schemathesis.openapi.checks import RejectedPositiveData, UseAfterFree

KEY = "Idempotency-Key"
HANDLERS = os.environ.get("HANDLERS", "finished")
LONGEST_WAIT = 60.0
FORGOTTEN: set[str] = set()
"""Paths of what DELETE answered with 204: it is gone."""


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Makes the key of a valid request that request's own; broken ones stay as they are."""
    if not case.meta.generation.mode.is_positive or not takes_key(case):
        return
    parts = (case.path, case.path_parameters, case.query, case.media_type, case.body)
    digest = hashlib.sha256(repr(parts).encode(errors="surrogatepass"))
    case.headers[KEY] = digest.hexdigest()


def takes_key(case: Any) -> bool:
    """Whether it has a key, or an author's document asks for one in its own way."""
    processing = case.operation.definition.raw.get("x-processing")
    asks = isinstance(processing, dict) and processing.get("idempotency") == "required"
    return asks or KEY in case.headers


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    if case.method.upper() == "DELETE" and response.status_code == 204:
        FORGOTTEN.add(urlsplit(response.request.url).path)


@schemathesis.hook
def filter_failure(context: Any, failure: Failure, case: Any, response: Any) -> bool:
    """Whether it counts: what the contract says is no failure."""
    if isinstance(failure, ResponseTimeExceeded):
        return not is_held(response)
    if isinstance(failure, RejectedPositiveData):
        return not is_outcome(response)
    if isinstance(failure, UseAfterFree):
        return not is_kept(failure)
    return True


def is_held(response: Any) -> bool:
    """Whether a poll was held for as long as it asked: nothing has changed in that time."""
    return bool(response.status_code == 304 and response.elapsed < LONGEST_WAIT + 1)


def is_outcome(response: Any) -> bool:
    """Whether it is what a job came to, rather than what was found in a request."""
    return "job-status" in response.headers and b'"errors"' not in response.content


def is_kept(failure: UseAfterFree) -> bool:
    """Whether DELETE ends nothing: a job that it cancels stays until a second one forgets it.

    Handlers that were just emitted remember nothing either, and answer with examples.
    """
    path = failure.free.removeprefix("DELETE ")
    if failure.operation.endswith("/jobs/{job_id}"):
        return path not in FORGOTTEN
    return HANDLERS == "first"

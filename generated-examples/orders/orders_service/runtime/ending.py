"""How an attempt ends: the job is over, or it is to be tried again; and in which words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from sqlalchemy import Connection

from .answer import Answer
from .job import JobFailed
from .jobs import JobRecord
from .problem import HttpProblem
from .status import Status


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job ends: its final state, the answer at its result URL, and why there is none.

    `answer` is the operation's own answer: always there on success, and on the failures
    that the document declares. `error` has `code`, `message` and the members of RFC 9457.
    """

    status: Status
    answer: Answer | None = None
    error: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """The job goes back in line, for `delay` seconds at least.

    `error` says why; an attempt that is not `counted` was stopped through no fault of its own.
    """

    delay: float = 0.0
    error: dict[str, Any] | None = None
    counted: bool = True


FinishHook = Callable[[JobRecord, Ending], Sequence[Callable[[Connection], object]]]
"""More writes for the transaction that ends a job; called with the job as it ended."""

PurgeHook = Callable[[Connection, Sequence[str]], object]
"""Called in the transaction in which the jobs with these ids expire."""


def problem(code: str, message: str, status: int, title: str) -> dict[str, Any]:
    """The error of a job: its code and message, and the members of RFC 9457 §3.1."""
    members = {"type": "about:blank", "title": title, "status": status}
    return {"code": code, "message": message, **members, "detail": message}


def answered(answer: Answer) -> Ending:
    """The end of a job whose handler answered: an error it declares is a failure too."""
    if not answer.is_error:
        return Ending(Status.SUCCEEDED, answer)
    title = phrase(answer.status)
    error = problem(snake(title), title, answer.status, title)
    return Ending(Status.FAILED, answer, {**error, **_members(answer)})


def canceled() -> Ending:
    """The end of a job that its caller no longer wants."""
    message = "The job was canceled."
    return Ending(Status.CANCELED, None, problem("canceled", message, 409, "Canceled"))


def no_handler(operation: str) -> Ending:
    """The end of a job that nobody here knows how to run."""
    message = f"No handler for {operation} exists any more."
    return Ending(
        Status.FAILED, None, problem("no_handler", message, 500, "No handler")
    )


def lease_lost() -> dict[str, Any]:
    """The error of an attempt whose worker was not heard of again."""
    message = "The worker of this job was lost."
    return problem("lease_lost", message, 500, "Worker lost")


def deadline_exceeded() -> dict[str, Any]:
    """The error of an attempt that took longer than it may."""
    message = "The job took longer than its deadline allows."
    return problem("deadline_exceeded", message, 504, "Deadline exceeded")


def raised(error: BaseException) -> dict[str, Any]:
    """The error of an attempt whose handler raised; only what is meant for callers is told."""
    if isinstance(error, JobFailed):
        title = error.title or phrase(error.status)
        return problem(error.code, error.message, error.status, title)
    if isinstance(error, HttpProblem):
        told = problem(snake(error.title), error.message, error.status, error.title)
        return {**error.members, **told}
    code = snake(type(error).__name__)
    return problem(code, "The operation failed.", 500, "Operation failed")


def is_final(error: BaseException) -> bool:
    """Whether another attempt would raise this again."""
    if isinstance(error, HttpProblem):
        return error.status < 500
    return isinstance(error, JobFailed) and not error.retry


def is_expected(error: BaseException) -> bool:
    """Whether it was raised to be told, and is no fault of the handler."""
    if isinstance(error, HttpProblem):
        return error.status < 500
    return isinstance(error, JobFailed)


def phrase(status: int) -> str:
    """What HTTP calls the status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"


def snake(name: str) -> str:
    """A name or phrase as a code: `PaymentGone` and `Payment gone` are payment_gone."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)
    return "_".join(parts).lower() or "error"


MEMBERS = {"code": str, "type": str, "title": str, "detail": str, "instance": str}


def _members(answer: Answer) -> dict[str, Any]:
    """What a JSON problem says of itself."""
    if "json" not in (answer.media_type or ""):
        return {}
    try:
        body = json.loads(answer.body)
    except ValueError:
        return {}
    if not isinstance(body, dict):
        return {}
    known = {
        key: body[key] for key, kind in MEMBERS.items() if type(body.get(key)) is kind
    }
    message = known.get("detail") or known.get("title")
    return {**known, "message": message, "detail": message} if message else known

"""What can go wrong with a call, as one tree of exceptions.

ClientError
├── ConnectionFailed        no response: refused, broken off, or silent for too long
├── ForeignUrl              the service pointed to another origin than its own
├── UnsendableArgument      an argument that has no place in a request
├── ApiError                the service answered with an error
│   ├── <Operation><Status>Error    an error that the document declares
│   └── UnreadableResponse  the response is not what the document declares
└── JobError                the job gave no result
    ├── JobFailed
    ├── JobCanceled
    ├── JobExpired
    ├── JobUnknown
    └── JobTimeout          the job goes on; only the waiting ended
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .exchange import Headers, Response

if TYPE_CHECKING:
    from .problem_document import Problem as Problem


SHOWN = 200
"""Characters of an answer's text that its error tells."""


class ClientError(Exception):
    """Every error of this client."""


class ConnectionFailed(ClientError):
    """The service could not be reached or did not answer."""


class ForeignUrl(ClientError):
    """The service pointed to another origin, to which no request and no credential is sent."""


class UnsendableArgument(ClientError, ValueError):
    """An argument has a value that has no place in a request."""


class ApiError(ClientError):
    """The service answered with an error; `problem` is there when it described one."""

    def __init__(self, operation: str, response: Response, body: object = None) -> None:
        self.operation = operation
        self.status = response.status
        self.headers: Headers = response.headers
        self.content = response.content
        self.body = body
        self.problem = problem_of(response)
        self.said = str(self.problem or said_by(response))
        super().__init__(f"{operation}: {self.told()}")

    def told(self) -> str:
        """What the service said, in one line."""
        return f"the service answered {self.status}{self.said and ': '}{self.said}"


class UnreadableResponse(ApiError):
    """The response is not what the document declares for its status."""

    def __init__(self, operation: str, response: Response, reason: str) -> None:
        self.reason = reason
        super().__init__(operation, response)

    def told(self) -> str:
        return f"the response {self.status} cannot be read: {self.reason}"


class JobError(ClientError):
    """A job gave no result; `id` is its id."""

    def __init__(self, id: str, message: str, problem: Problem | None = None) -> None:
        super().__init__(f"job {id} {message}")
        self.id = id
        self.problem = problem


class JobFailed(JobError):
    """The job ended without a result, for a reason that the document does not declare."""


class JobCanceled(JobError):
    """The job was canceled."""


class JobExpired(JobError):
    """The job's result is no longer kept."""


class JobUnknown(JobError):
    """There is no such job, or it is not the caller's."""


class JobTimeout(JobError, TimeoutError):
    """The job has not ended in time; it goes on, and can be waited for again."""


def said_by(response: Response) -> str:
    """Where an answer without a problem points, or how its text begins, on one line."""
    place = response.header("Location")
    if place and 300 <= response.status < 400:
        # A query can hold credentials.
        return f"it points to {place.partition('?')[0]}, where nothing is sent"
    media_type = response.media_type
    if not (media_type.startswith("text/") or media_type.endswith("json")):
        return ""
    text = response.content[: 4 * SHOWN].decode(errors="replace")
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    words = " ".join(plain.split())
    return words if len(words) <= SHOWN else f"{words[:SHOWN]}…"


def problem_of(response: Response) -> Problem | None:
    """The problem that a response describes, if its media type says that it does."""
    if response.media_type != "application/problem+json":
        return None
    from .problem_document import Problem

    try:
        return Problem.model_validate_json(response.content)
    except ValueError:
        return None


def __getattr__(name: str) -> object:
    """`Problem`, loaded when it is asked for: pydantic takes longer than all the rest."""
    if name != "Problem":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .problem_document import Problem

    return Problem

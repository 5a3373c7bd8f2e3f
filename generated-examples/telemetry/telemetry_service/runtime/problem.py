"""What a caller is told when something is wrong: problem+json (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.responses import Response

PROBLEM = "application/problem+json"
SHOWN = 3
"""How many violations a sentence tells of."""


def title_of(status: int) -> str:
    """The standard phrase of a status, for a problem that has no better title."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def document(
    status: int, title: str | None = None, detail: str | None = None, **members: object
) -> dict[str, object]:
    """The members of a problem, in the order a person reads them."""
    described = {"type": "about:blank", "title": title or title_of(status)}
    return {
        **described,
        "status": status,
        **({} if detail is None else {"detail": detail}),
        **members,
    }


def problem(
    status: int,
    title: str | None = None,
    detail: str | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    **members: object,
) -> Response:
    """A problem as a response."""
    text = json.dumps(document(status, title, detail, **members), ensure_ascii=False)
    return Response(text, status, headers, PROBLEM)


class HttpProblem(Exception):
    """Raised anywhere below an endpoint, it becomes the answer."""

    def __init__(
        self,
        status: int,
        title: str | None = None,
        detail: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **members: object,
    ) -> None:
        super().__init__(detail or title or title_of(status))
        self.status = status
        self.title = title or title_of(status)
        self.detail = detail
        self.headers = headers
        self.members = members

    @property
    def message(self) -> str:
        """What is wrong, in a sentence."""
        return self.detail or self.title

    def response(self) -> Response:
        return problem(
            self.status, self.title, self.detail, headers=self.headers, **self.members
        )


class Invalid(HttpProblem):
    """Everything that is wrong with a request, at once: 422.

    A violation is {"pointer" | "parameter" and "in", "detail", "code"}.
    """

    def __init__(self, violations: Sequence[Mapping[str, str]]) -> None:
        count = len(violations)
        found = "1 violation" if count == 1 else f"{count} violations"
        super().__init__(
            422, "The request is not valid", found, errors=list(violations)
        )
        self.violations = violations

    @property
    def message(self) -> str:
        shown = "; ".join(map(sentence, self.violations[:SHOWN]))
        more = len(self.violations) - SHOWN
        return f"{self.title}: {shown}" + (f"; and {more} more" if more > 0 else "")


def sentence(violation: Mapping[str, str]) -> str:
    """A violation in words: where it is, and what."""
    named = " ".join(violation[key] for key in ("in", "parameter") if key in violation)
    where = " ".join(filter(None, (named, violation.get("pointer", ""))))
    return f"{where}: {violation['detail']}" if where else violation["detail"]

"""A problem as a service describes it, typed; only loaded when there is one."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Problem(BaseModel):
    """A problem as the service describes it (RFC 9457 §3.1); further members are attributes too."""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: str = "about:blank"
    title: str | None = None
    status: int | None = None
    detail: str | None = None
    instance: str | None = None
    code: str | None = None
    message: str | None = None

    def __str__(self) -> str:
        told = [self.title, self.detail or self.message]
        return ": ".join(text for text in told if text) or self.code or self.type

"""A service that answers what it is told to, and clients of it."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import httpx2

ORDER = {
    "id": "7f0c9d1e-7a65-4f0e-9c53-5f0e6d9c1a11",
    "item": "lamp",
    "quantity": 2,
    "status": "placed",
    "total": {"amount": "59.80", "currency": "EUR"},
    "placedAt": "2026-01-02T03:04:05Z",
}
ID = UUID(ORDER["id"])  # type: ignore[arg-type]


class Script:
    """Answers requests one after the other and remembers them."""

    def __init__(self, *answers: httpx2.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def client(script: Script, **options: Any) -> Any:
    from orders_client import Retries
    from orders_client.sync import Client

    options.setdefault("retries", Retries(attempts=4, first=0.001))
    transport = httpx2.MockTransport(script)
    return Client("https://shop.example/v1/", transport=transport, **options)


def problem(status: int, title: str, **headers: str) -> httpx2.Response:
    body = json.dumps(
        {"title": title, "status": status, "detail": "really", "code": "x"}
    )
    kind = {"content-type": "application/problem+json"}
    return httpx2.Response(status, headers={**kind, **headers}, content=body)

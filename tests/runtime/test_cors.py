"""Pages of other origins: who is let in, and what they are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from runtime.application import Application
from runtime.problem import HttpProblem
from runtime.service import Service
from runtime.settings import BadSetting, Settings

pytestmark = pytest.mark.anyio

PAGE = "https://app.example.com"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def order(request: Request) -> Response:
    if "x-key" not in request.headers:
        raise HttpProblem(401)
    return PlainTextResponse("lamp", headers={"ETag": '"1"'})


def settings(origins: str) -> Settings:
    return Settings.from_environment({"ALLOWED_ORIGINS": origins})


async def answer(
    origins: str, method: str, headers: Mapping[str, str]
) -> httpx2.Response:
    service: Service[Any] = Service(object(), settings(origins))
    routes = [Route("/orders", order, methods=["GET", "POST", "QUERY"])]
    app = Application(service, routes, title="T", version="1")
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://localhost"
    ) as http:
        return await http.request(method, "/orders", headers=dict(headers))


def announced(method: str, page: str = PAGE) -> dict[str, str]:
    """What a browser asks before a request that a form could not make."""
    return {
        "Origin": page,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "content-type,x-key",
    }


async def test_without_the_setting_nothing_is_said_of_origins() -> None:
    response = await answer("", "GET", {"Origin": PAGE, "X-Key": "k"})
    assert response.status_code == 200
    assert not {"vary", "access-control-allow-origin"} & response.headers.keys()
    assert (await answer("", "OPTIONS", announced("POST"))).status_code == 405


async def test_a_preflight_is_answered_for_the_pages_that_are_allowed() -> None:
    response = await answer(PAGE, "OPTIONS", announced("DELETE"))
    assert response.status_code == 200
    told = response.headers
    assert told["access-control-allow-origin"] == PAGE
    assert told["access-control-allow-credentials"] == "true"
    assert "DELETE" in told["access-control-allow-methods"].split(", ")
    assert told["access-control-allow-headers"] == "content-type,x-key"


async def test_a_method_of_the_documents_own_is_allowed() -> None:
    response = await answer(PAGE, "OPTIONS", announced("QUERY"))
    assert response.status_code == 200
    refused = await answer(PAGE, "OPTIONS", announced("PURGE"))
    assert refused.status_code == 400


async def test_a_page_sees_every_header_of_an_answer() -> None:
    response = await answer(PAGE, "GET", {"Origin": PAGE, "X-Key": "k"})
    assert response.headers["access-control-allow-origin"] == PAGE
    assert "etag" in response.headers["access-control-expose-headers"].split(", ")


async def test_a_page_reads_a_refusal_too() -> None:
    response = await answer(PAGE, "GET", {"Origin": PAGE})
    assert response.status_code == 401
    assert response.headers["access-control-allow-origin"] == PAGE


@pytest.mark.parametrize(
    "page",
    [
        "https://evil.example",
        "http://app.example.com",
        "https://app.example.com:8443",
        "https://app.example.com.evil.example",
        "null",
        "",
    ],
)
async def test_other_pages_are_told_nothing(page: str) -> None:
    response = await answer(PAGE, "GET", {"Origin": page, "X-Key": "k"})
    assert "access-control-allow-origin" not in response.headers
    refused = await answer(PAGE, "OPTIONS", announced("POST", page))
    assert refused.status_code in (400, 405)
    assert "access-control-allow-origin" not in refused.headers


@pytest.mark.parametrize(
    ("origins", "page", "credentials"),
    [
        ("*", "*", None),
        (f"*, {PAGE}", "*", None),
        ("https://*.example.com", "https://a.b.example.com", "true"),
        ("https://*.example.com:8443", "https://a.example.com:8443", "true"),
        ("https://APP.example.com:443/", PAGE, "true"),
        ("http://localhost:80, http://localhost:5173", "http://localhost", "true"),
    ],
)
async def test_origins_are_named_or_not(
    origins: str, page: str, credentials: str | None
) -> None:
    response = await answer(origins, "GET", {"Origin": page, "X-Key": "k"})
    assert response.headers["access-control-allow-origin"] == page
    assert response.headers.get("access-control-allow-credentials") == credentials


@pytest.mark.parametrize(
    "origins", ["app.example.com", "https://a/b", "https://*", "https://a*.b", "null"]
)
async def test_what_is_no_origin_is_a_bad_setting(origins: str) -> None:
    with pytest.raises(BadSetting, match="expected origins such as https://app"):
        settings(origins)


def scope(page: str) -> dict[str, Any]:
    headers = [(b"host", b"api.example.com"), (b"origin", page.encode())]
    return {"headers": headers}


async def test_a_socket_opens_for_the_same_pages() -> None:
    origins = Service(object(), settings(PAGE)).origins
    origins.check_origin(scope(PAGE))
    origins.check_origin(scope("https://api.example.com"))
    with pytest.raises(HttpProblem, match="no host of this service, nor allowed"):
        origins.check_origin(scope("https://evil.example"))

"""The router, and the application around it."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from runtime.application import Application
from runtime.health import health_routes
from runtime.problem import HttpProblem
from runtime.service import Service, received_of
from runtime.settings import Settings
from runtime.table import Parted, Table

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def echo(request: Request) -> Response:
    received = await received_of(request)
    return PlainTextResponse(f"{received.url} {dict(received.path)}")


async def fail(request: Request) -> Response:
    raise HttpProblem(409, detail="taken")


def table(*paths: str) -> Table:
    return Table([Route(path, echo, name=path) for path in paths])


def found(paths: tuple[str, ...], path: str) -> tuple[str, dict[str, str]] | None:
    result = table(*paths).find(path, "GET")
    return (result[0].path, dict(result[1])) if isinstance(result, tuple) else None


def test_touching_parameters_are_parted_by_what_they_may_be() -> None:
    parts = {"row": "[A-Z]+", "end": r"\.jsonl|\.json"}
    path = "/{row}{column}/{name}{end}"
    router = Table([Parted(path, echo, methods=["GET"], parts=parts)])
    result = router.find("/AB12/a.json.jsonl", "GET")
    assert isinstance(result, tuple)
    assert result[1] == {"row": "AB", "column": "12", "name": "a.json", "end": ".jsonl"}
    assert router.find("/AB12/a.xml", "GET") == frozenset()


@pytest.mark.parametrize(
    ("paths", "path", "expected"),
    [
        (("/",), "/", ("/", {})),
        (("/a",), "/a", ("/a", {})),
        (("/a",), "/a/", None),
        (("/a/",), "/a", None),
        (("/a/",), "/a/", ("/a/", {})),
        (("/a b/é",), "/a%20b/%C3%A9", ("/a b/é", {})),
        (("/a%20b",), "/a%20b", ("/a%20b", {})),
        (("/~me",), "/%7Eme", ("/~me", {})),
        (("/{x}",), "/", None),
        (("/{x}",), "/a%2Fb", ("/{x}", {"x": "a%2Fb"})),
        (("/{x}",), "/a/b", None),
        (
            ("/{order-id}/{é}",),
            "/1/2",
            ("/{order-id}/{é}", {"order-id": "1", "é": "2"}),
        ),
        (("/{x}", "/mine"), "/mine", ("/mine", {})),
        (("/{x}/b", "/a/{y}"), "/a/b", ("/a/{y}", {"y": "b"})),
        (("/{x}/c", "/a/{y}/d"), "/a/c", ("/{x}/c", {"x": "a"})),
        (("/a/{x}:cancel", "/a/{x}"), "/a/1:cancel", ("/a/{x}:cancel", {"x": "1"})),
        (("/a/{x}", "/a/{x}:cancel"), "/a/1%3Acancel", ("/a/{x}:cancel", {"x": "1"})),
        (("/a/{x}:cancel", "/a/{x}"), "/a/:cancel", ("/a/{x}", {"x": ":cancel"})),
        (
            ("/v{major}.{minor}",),
            "/v1.2",
            ("/v{major}.{minor}", {"major": "1", "minor": "2"}),
        ),
        (("/f({x})",), "/f(1)", ("/f({x})", {"x": "1"})),
        (("/f({x})",), "/f%281%29", ("/f({x})", {"x": "1"})),
    ],
)
async def test_a_path_leads_to_its_route(
    paths: tuple[str, ...], path: str, expected: tuple[str, dict[str, str]] | None
) -> None:
    assert found(paths, path) == expected


async def test_methods_of_one_path_are_told_apart() -> None:
    routes = Table(
        [
            Route("/a/{x}", echo, methods=["GET"]),
            Route("/a/{y}", fail, methods=["PUT"]),
            Route("/a/b", fail, methods=["POST"]),
        ]
    )
    put = routes.find("/a/1", "PUT")
    assert isinstance(put, tuple) and put[1] == {"y": "1"}
    get = routes.find("/a/1", "GET")
    assert isinstance(get, tuple) and get[1] == {"x": "1"}
    assert routes.find("/a/1", "DELETE") == frozenset({"GET", "HEAD", "PUT"})


async def test_a_head_of_its_own_is_not_answered_by_the_get_before_it() -> None:
    get = Route("/a", echo, methods=["GET"])
    head = Route("/a", fail, methods=["HEAD"])
    routes = Table([get, head])
    assert routes.find("/a", "HEAD") == (head, {})
    assert routes.find("/a", "GET") == (get, {})
    assert Table([get]).find("/a", "HEAD") == (get, {})


async def test_the_closest_path_decides_which_methods_there_are() -> None:
    routes = Table(
        [
            Route("/a/{x}", echo, methods=["GET"]),
            Route("/a/b", fail, methods=["POST"]),
        ]
    )
    assert routes.find("/a/b", "GET") == frozenset({"POST"})
    assert routes.find("/b", "GET") == frozenset()


async def test_many_routes_are_found_at_once() -> None:
    routes = table(*(f"/r{one}/{{x}}/s{two}" for one in range(60) for two in range(60)))
    result = routes.find("/r59/v/s59", "GET")
    assert isinstance(result, tuple) and result[0].path == "/r59/{x}/s59"


async def test_a_path_of_many_segments_does_not_take_for_ever() -> None:
    paths = [
        "/"
        + "/".join(
            [f"{{x{i}}}" if bit == "1" else "a" for i, bit in enumerate(f"{n:08b}")]
        )
        for n in range(256)
    ]
    assert table(*paths).find("/" + "/".join(["a"] * 8) + "/b", "GET") == frozenset()


def application(*routes: Any, **options: Any) -> Application:
    service = Service(object(), Settings(max_body=10))
    given = [
        Route("/echo/{x}", echo, methods=["GET", "POST"]),
        Route("/fail", fail),
        *health_routes(),
        *routes,
    ]
    return Application(service, given, title="T", version="1", **options)


def client(app: Any, base: str = "http://localhost") -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=app)
    return httpx2.AsyncClient(transport=transport, base_url=base)


async def test_it_can_be_mounted_anywhere() -> None:
    outer = Starlette(routes=[Mount("/v1/{tenant}", application())])
    async with client(outer) as http:
        response = await http.get("/v1/t%20t/echo/a%2Fb?c=d%20e")
        assert response.text == (
            "http://localhost/v1/t%20t/echo/a%2Fb?c=d%20e {'x': 'a%2Fb'}"
        )
        assert (await http.get("/v1/t/fail")).json()["detail"] == "taken"
        assert (await http.get("/v1/t/other")).status_code == 404


async def test_what_is_no_plain_route_is_left_to_starlette() -> None:
    async def inner(request: Request) -> Response:
        return PlainTextResponse(request.url.path)

    def old(request: Request) -> Response:
        return PlainTextResponse("old")

    app = application(
        Mount("/static", Starlette(routes=[Route("/{rest:path}", inner)])),
        Route("/old", old),
    )
    async with client(app) as http:
        assert (await http.get("/static/a/b")).text == "/static/a/b"
        assert (await http.get("/old")).text == "old"
        assert (await http.get("/neither")).json()["status"] == 404


async def test_a_route_may_be_added_later() -> None:
    app = application()
    async with client(app) as http:
        assert (await http.get("/later")).status_code == 404
        app.add_route("/later", echo)
        assert (await http.get("/later")).status_code == 200


async def test_middleware_sees_problems_too() -> None:
    class Stamp:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            async def stamped(message: Any) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = [*message["headers"], (b"x-stamp", b"1")]
                await send(message)

            await self.app(scope, receive, stamped)

    app = application()
    app.user_middleware.append(Middleware(Stamp))
    async with client(app) as http:
        response = await http.get("/fail")
    assert (response.status_code, response.headers["x-stamp"]) == (409, "1")
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_it_is_ready_only_while_it_runs() -> None:
    app = application()
    async with client(app) as http:
        assert (await http.get("/readyz")).status_code == 503
        async with app.running():
            assert (await http.get("/readyz")).status_code == 200
        assert (await http.get("/readyz")).status_code == 503
        assert (await http.get("/healthz")).status_code == 200


async def test_a_body_without_a_length_is_counted() -> None:
    async def pieces() -> Any:
        for _ in range(3):
            yield b"12345"

    async with client(application()) as http:
        headers = {"Transfer-Encoding": "chunked"}
        response = await http.post("/echo/a", content=pieces(), headers=headers)
        assert response.status_code == 413
        assert (await http.post("/echo/a", content=b"1234567890")).status_code == 200

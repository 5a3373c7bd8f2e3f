"""Operations that share a path and a method are called, each when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from client.building import importable

from generator.build import build

DOCUMENT = Path(__file__).parent / "nasty" / "shared-paths.yaml"


def saying(package: Any) -> Any:
    """Handlers of which each answers with its own name, for callers with any key."""

    def named(name: str) -> Any:
        async def handle(self: object, *given: object) -> object:
            is_key = name == "authenticate_key"
            return package.Caller("anybody") if is_key else name

        return handle

    names = [name for name in vars(package.Handlers) if not name.startswith("_")]
    handlers = {name: named(name) for name in names}
    return type("Saying", (package.Handlers,), handlers)()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running service; its client can be imported."""
    folder = tmp_path_factory.mktemp("shared")
    build(DOCUMENT, folder).apply()
    service, client = "shared_paths_service", "shared_paths_client"
    with importable(folder, service), importable(folder, client):
        import shared_paths_service as made  # type: ignore[import-not-found]

        settings = made.Settings(database_url=f"sqlite:///{folder}/jobs.db", port=0)
        app = made.create_app(saying(made), settings)
        with made.serving(app) as url:
            yield url


def test_a_client_reaches_every_operation(url: str) -> None:
    from shared_paths_client import models  # type: ignore[import-not-found]
    from shared_paths_client.sync import Client  # type: ignore[import-not-found]

    with Client(url) as client:
        called = client
        assert called.add_tag("Tags.Add", "2020") == "add_tag"
        assert called.remove_tag("Tags.Remove", "2020") == "remove_tag"
        assert called.list_jobs() == "list_jobs"
        assert called.list_jobs_after("x") == "list_jobs_after"
        assert called.get_icon(-7) == "get_icon"
        assert called.find_icon("7 dwarfs") == "find_icon"
        assert called.paint_icon(7).result(timeout=30) == "paint_icon"
        assert called.paint_icons("x").result(timeout=30) == "paint_icons"
        image = models.FetchImageBody(url="x")
        assert called.fetch_image(image) == "fetch_image"
        assert called.send_image(7, b"x", content_type="image/png") == "send_image"


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "said"),
    [
        ("GET", "/jobs?op=OTHER&op=AFTER&job=1", {}, 200, "list_jobs_after"),
        ("GET", "/jobs?op=OTHER", {}, 200, "list_jobs"),
        ("HEAD", "/jobs", {}, 200, ""),
        ("PUT", "/jobs", {}, 405, "Method Not Allowed"),
        ("POST", "/", {"headers": {"X-Target": "Tags.Other"}}, 422, "x-target"),
        ("POST", "/", {"headers": {"X-Target": "Tags.Add"}}, 422, "X-Version"),
        ("POST", "/images", {"content": b"x"}, 415, "application/json"),
        ("GET", "/icons/%37", {}, 200, "get_icon"),
        ("POST", "/locks?do=pick", {}, 401, "credentials"),
        ("POST", "/locks?do=pick", {"headers": {"X-Key": "k"}}, 422, '"do"'),
        ("POST", "/locks?do=shut", {"headers": {"X-Key": "k"}}, 200, "shut_lock"),
    ],
)
def test_a_request_for_none_of_them_is_told_why(
    url: str, method: str, path: str, options: dict[str, Any], status: int, said: str
) -> None:
    response = httpx2.request(method, url + path, **options)
    assert (response.status_code, said in response.text) == (status, True)


def test_the_words_that_choose_are_told_in_the_routes(tmp_path: Path) -> None:
    build(DOCUMENT, tmp_path).apply()
    text = (tmp_path / "shared_paths_service" / "routes.py").read_text()
    assert '"/", add_tag, methods=["POST"], headers={"x-target": "Tags.Add"}' in text
    assert '"/jobs", list_jobs, methods=["GET"])' in text

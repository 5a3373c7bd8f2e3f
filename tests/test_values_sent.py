"""What a caller passes to the emitted client is what the handler gets, and what it answers comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from client.building import importable

from generator.build import build

DOCUMENT = """
openapi: 3.1.0
info: {title: Values, version: '1'}
paths:
  /numbers:
    post:
      operationId: double
      requestBody: {required: true, content: {text/plain: {schema: {type: integer}}}}
      responses: {'200': {description: Twice., content: {text/plain: {schema: {type: integer}}}}}
  /flags:
    post:
      operationId: negate
      requestBody: {required: true, content: {text/plain: {schema: {type: boolean}}}}
      responses: {'200': {description: Not., content: {text/plain: {schema: {type: boolean}}}}}
  /versions:
    post:
      operationId: versioned
      requestBody:
        required: true
        content:
          application/vnd.values+json; version=1: {schema: {type: string}}
          application/vnd.values+json; version=2: {schema: {type: array, items: {type: string}}}
      responses:
        '200':
          description: The same.
          content:
            application/vnd.values+json; version=1: {schema: {type: string}}
            application/vnd.values+json; version=2: {schema: {type: array, items: {type: string}}}
  /anything:
    post:
      operationId: echo
      requestBody: {required: true, content: {application/json: {schema: {type: [string, 'null']}}}}
      responses: {'200': {description: The same., content: {application/json: {schema: {type: [string, 'null']}}}}}
  /pictures:
    post:
      operationId: scale
      requestBody: {required: true, content: {'image/*': {}}}
      responses: {'200': {description: Smaller., content: {'image/*': {}}}}
  /search:
    get:
      operationId: search
      parameters:
        - {name: tag, in: query, schema: {oneOf: [{type: string}, {type: array, items: {type: string}}]}}
        - {name: where, in: query, style: deepObject, explode: true, schema: {type: object, additionalProperties: {type: string}}}
        - {name: ids, in: query, explode: false, schema: {type: array, items: {type: integer}}}
        - {name: free, in: query, schema: {type: object, additionalProperties: {type: string}}}
      responses: {'204': {description: Nothing.}}
"""

VERSION = "application/vnd.values+json; version="


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, list[Any]]]:
    """A client of a running service, and what its handlers were given."""
    folder: Path = tmp_path_factory.mktemp("values")
    document = folder / "values.yaml"
    document.write_text(DOCUMENT, encoding="utf-8")
    build(document, folder / "values").apply()
    project = folder / "values"
    with importable(project, "values_service"), importable(project, "values_client"):
        from values_client.sync import Client  # type: ignore[import-not-found]
        from values_service import (  # type: ignore[import-not-found]
            Handlers,
            Settings,
            create_app,
            serving,
        )

        from values_service.responses import (  # type: ignore[import-not-found]
            Versioned200,
        )

        given: list[Any] = []

        class ValuesHandlers(Handlers):  # type: ignore[misc]
            async def double(self, body: int) -> int:
                return body * 2

            async def negate(self, body: bool) -> bool:
                return not body

            async def versioned(self, body: Any) -> Any:
                given.append(body)
                version = 1 if isinstance(body, str) else 2
                return Versioned200(body, media_type=f"{VERSION}{version}")

            async def echo(self, body: Any) -> Any:
                given.append(body)
                return body

            async def scale(self, body: bytes) -> bytes:
                return body[:1]

            async def search(self, *values: Any) -> None:
                given.append(values)

        with serving(create_app(ValuesHandlers(), Settings(port=0))) as url:
            with Client(url) as client:
                yield client, given


def test_a_text_can_be_a_number(caller: tuple[Any, list[Any]]) -> None:
    client, _ = caller
    assert client.double(2**60) == 2**61
    assert client.negate(True) is False


def test_media_types_differ_by_their_parameters(caller: tuple[Any, list[Any]]) -> None:
    client, given = caller
    assert client.versioned("a", content_type=f"{VERSION}1") == given[-1] == "a"
    assert client.versioned(["a"], content_type=f"{VERSION}2") == given[-1] == ["a"]


def test_null_is_a_body(caller: tuple[Any, list[Any]]) -> None:
    client, given = caller
    given.append("something else")
    assert client.echo(None) is given[-1] is None
    assert client.echo("null") == given[-1] == "null"


def test_bytes_of_any_kind_come_back(caller: tuple[Any, list[Any]]) -> None:
    client, _ = caller
    assert client.scale(b"\xff\x00", content_type="image/png") == b"\xff"


@pytest.mark.parametrize(
    "values",
    [
        {"tag": "007"},
        {"tag": ["1", "true"]},
        {"where": {"a": "1"}},
        {"where": {"a": "1"}, "free": {"b": "2"}},
        {"ids": []},
        {"ids": [1, 2]},
    ],
)
def test_parameters_do_not_mix(
    caller: tuple[Any, list[Any]], values: dict[str, Any]
) -> None:
    client, given = caller
    client.search(**values)
    names = ("tag", "where", "ids", "free")
    assert given[-1] == tuple(values.get(name) for name in names)


def test_an_emitted_test_names_one_media_type_of_a_range(tmp_path: Path) -> None:
    document = tmp_path / "values.yaml"
    document.write_text(DOCUMENT, encoding="utf-8")
    build(document, tmp_path / "values").apply()
    text = (tmp_path / "values/tests/test_values.py").read_text(encoding="utf-8")
    assert 'client.scale(b"", content_type="image/example")' in text

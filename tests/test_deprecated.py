"""What a document calls deprecated is told wherever somebody would use it, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.build import check
from generator.render import draft

DOCUMENT = """
openapi: 3.1.0
info: {title: Lamps, version: 1.0.0}
paths:
  /lamps:
    get:
      operationId: listLamps
      deprecated: true
      summary: Every lamp.
      parameters:
        - {name: page, in: query, deprecated: true, schema: {type: integer}}
        - {name: sort-by, in: query, schema: {type: string, deprecated: true}}
        - {name: limit, in: query, schema: {type: integer}}
      responses:
        '200': {description: ok, headers: {X-Total: {deprecated: true, schema: {type: integer}}}}
  /deprecated:
    get: {operationId: deprecated, deprecated: true, responses: {'204': {description: ok}}}
webhooks:
  gone: {post: {deprecated: true, responses: {'204': {description: ok}}}}
"""


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return emitted(tmp_path_factory.mktemp("old"), DOCUMENT)


def emitted(folder: Path, document: str) -> dict[str, str]:
    """Every generated file before Black, but for the runtime and the shown document."""
    spec = folder / "lamps.yaml"
    spec.write_text(document)
    return dict(_drafts(spec))


def _drafts(spec: Path) -> Iterator[tuple[str, str]]:
    for file in check(spec).plan.files:
        if "/runtime/" not in file.path and not file.path.endswith(".json"):
            yield file.path, draft(file).text


@pytest.mark.parametrize(
    "path",
    [
        "lamps_service/handlers.py",
        "lamps_client/untagged.py",
        "lamps_client/sync/untagged.py",
    ],
)
def test_a_deprecated_operation_and_its_arguments_are_told_in_the_docstring(
    texts: dict[str, str], path: str
) -> None:
    told = "Every lamp.\n\n        Deprecated.\n\n        Deprecated arguments: page, sort_by.\n"
    assert told in texts[path]
    assert "GET /deprecated\n\n        Deprecated.\n" in texts[path]


@pytest.mark.parametrize("path", ["untagged.py", "sync/untagged.py"])
def test_a_type_checker_tells_callers(texts: dict[str, str], path: str) -> None:
    text = texts[f"lamps_client/{path}"]
    assert "from typing_extensions import deprecated\n" in text
    assert '@deprecated("listLamps is deprecated.", category=None)\n' in text
    assert "def deprecated(" not in text, "it would hide the decorator"


def test_the_reference_the_headers_and_the_webhooks_tell_it_too(
    texts: dict[str, str],
) -> None:
    assert "| `list_lamps` | Deprecated. Every lamp. |" in texts["REFERENCE.md"]
    assert "| `gone` | Deprecated. |" in texts["REFERENCE.md"]
    assert '"""Deprecated."""' in texts["lamps_client/responses.py"]
    assert "The webhook gone.\n\nDeprecated." in texts["lamps_service/webhooks.py"]
    assert "gone was sent.\n\n        Deprecated." in texts["lamps_client/receiver.py"]


def test_nothing_is_called_deprecated_that_is_not(tmp_path: Path) -> None:
    plain = DOCUMENT.replace("deprecated: true", "deprecated: false")
    plain = plain.replace("operationId: deprecated", "operationId: other")
    texts = emitted(tmp_path, plain.replace("/deprecated:", "/other:"))
    assert not [path for path, text in texts.items() if "deprecated" in text.lower()]

"""The official JSON Schema suite through read → Models → the emitted module: what is valid is read, what is not is refused."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from generator.targets.models import Models
from tests.rendered import api_of, module_of

CORPUS = Path(
    os.environ.get(
        "GEN_CORPUS", Path(__file__).parent.parent.parent / "shared" / "corpus"
    )
)
SUITE = CORPUS / "jsonschema"

pytestmark = pytest.mark.skipif(
    not SUITE.is_dir(),
    reason=f"NO JSON SCHEMA SUITE: {SUITE} is absent; set GEN_CORPUS",
)

FLOORS = {"draft2020-12": 1255, "draft4": 577}
"""What is reached; less is a fault. Left: $dynamicRef, remote schemas, vocabularies, and words that OpenAPI 3.0 lacks."""


def groups(draft: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((SUITE / draft).glob("*.json")):
        for group in json.loads(path.read_text()):
            yield path.stem, group


def adapter(folder: Path, schema: Any, version: str) -> TypeAdapter[Any]:
    """What reads a value of the schema, as a body would be read."""
    (folder / "schema.json").write_text(json.dumps(schema))
    inner = schema if isinstance(schema, bool) else {"$ref": "schema.json"}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Test"}}}
    operation = {
        "requestBody": {"content": content},
        "responses": {"204": {"description": ""}},
    }
    document: dict[str, Any] = {
        "openapi": version,
        "info": {"title": "Suite", "version": "1"},
        "paths": {"/test": {"post": operation}},
        "components": {"schemas": {"Test": inner}},
    }
    api = api_of(folder, document)
    models = Models(api)
    body = api.operations[0].body
    assert body is not None
    annotation = models.annotation(body.contents[0].schema, "Root", "in")
    module = module_of(models)
    scope: dict[str, Any] = {"models": module}
    for one in annotation.imports:
        if one.module != ".":
            name = one.module.lstrip(".")
            __import__(name)
            scope[one.name] = getattr(sys.modules[name], one.name)
    return TypeAdapter(eval(annotation.text, scope))  # noqa: S307


def agrees(adapter: TypeAdapter[Any], value: Any, valid: bool) -> bool:
    try:
        adapter.validate_json(
            json.dumps(value), strict=True, by_alias=True, by_name=False
        )
    except ValidationError:
        return not valid
    return valid


def run(draft: str, version: str, folder: Path) -> tuple[int, Counter[str], list[str]]:
    total, failed, words = 0, Counter[str](), []
    for keyword, group in groups(draft):
        total += len(group["tests"])
        try:
            reader = adapter(folder, group["schema"], version)
            wrong = [
                t for t in group["tests"] if not agrees(reader, t["data"], t["valid"])
            ]
        except Exception as error:
            words.append(
                f"{keyword}: {group['description']}: {type(error).__name__} {str(error)[:150]}"
            )
            failed[keyword] += len(group["tests"])
            continue
        failed[keyword] += len(wrong)
        words += [
            f"{keyword}: {group['description']}: {t['description']} valid={t['valid']}"
            for t in wrong
        ]
    return total, +failed, words


@pytest.mark.parametrize(
    ("draft", "version"), [("draft2020-12", "3.1.0"), ("draft4", "3.0.3")]
)
def test_the_suite_is_held(draft: str, version: str, tmp_path: Path) -> None:
    total, failed, words = run(draft, version, tmp_path)
    share = 1 - failed.total() / total
    print(
        f"\n{draft}: {total - failed.total()} of {total} ({share:.1%}); left: {dict(failed)}"
    )
    print("\n".join(words))
    assert total - failed.total() >= FLOORS[draft]

"""What real products get wrong without meaning it: built with a warning, refused by --strict."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.build import build
from generator.problems import Refused

DOCUMENT = """\
openapi: 3.0.3
info: {title: Sloppy, version: 1.0}
tags: [{name: a}, {name: a}]
paths:
  /orders:
    post:
      operationId: order
      tags: [a, a]
      x-processing: async
      requestBody:
        content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}
      responses: {200: {}, '404': {content: {}}}
      callbacks:
        done: {'{request.body#/url}': {post: {responses: {200: {description: Ok.}}}}}
    get: {operationId: order, responses: {'204': {description: Done.}}}
components:
  schemas:
    Order: {type: object, required: [url, url], properties: {url: {type: string}}}
"""
SAID = {
    "duplicate-operation-id",
    "duplicate-value",
    "missing-field",
    "unquoted-text",
}


def test_a_sloppy_document_builds_with_warnings(tmp_path: Path) -> None:
    spec = tmp_path / "sloppy.yaml"
    spec.write_text(DOCUMENT)
    made = build(spec, tmp_path / "made")
    assert made.checked is not None
    found = made.checked.problems
    assert not [each for each in found if each.severity == "error"]
    assert SAID <= {each.code for each in found if each.severity == "warning"}
    with pytest.raises(Refused):
        build(spec, tmp_path / "made", strict=True)


def test_a_sloppy_expression_is_read_as_it_is_meant(tmp_path: Path) -> None:
    spec = tmp_path / "sloppy.yaml"
    spec.write_text(DOCUMENT)
    build(spec, tmp_path / "made").apply()
    text = (tmp_path / "made/sloppy_service/callbacks.py").read_text()
    assert 'expression="{request.body#/url}"' in text


def test_named_examples_of_a_schema_are_examples_with_a_warning(tmp_path: Path) -> None:
    spec = tmp_path / "named.yaml"
    schema = "{type: string, examples: {one: {value: Lovelace}, two: {summary: None.}}}"
    content = f"content: {{application/json: {{schema: {schema}}}}}"
    spec.write_text(
        "openapi: 3.1.0\ninfo: {title: Named, version: '1'}\npaths:\n  /names:\n    get:\n"
        f"      responses: {{'200': {{description: One., {content}}}}}\n"
    )
    made = build(spec, tmp_path / "made")
    assert made.checked is not None
    found = [(each.code, each.severity) for each in made.checked.problems]
    assert ("wrong-type", "warning") in found
    made.apply()
    assert '"Lovelace"' in (tmp_path / "made/handlers.py").read_text()


@pytest.mark.parametrize(
    "items", ["{type: string}", "{$ref: '#/components/schemas/S'}"]
)
def test_an_enum_of_an_array_is_that_of_its_items(tmp_path: Path, items: str) -> None:
    spec = tmp_path / "misplaced.yaml"
    schema = f"{{type: array, items: {items}, enum: [open, paid]}}"
    spec.write_text(
        "openapi: 3.0.3\ninfo: {title: Misplaced, version: '1'}\npaths:\n  /orders:\n    get:\n"
        f"      parameters: [{{name: state, in: query, schema: {schema}}}]\n"
        "      responses: {'204': {description: None.}}\n"
        "components: {schemas: {S: {type: string}}}\n"
    )
    made = build(spec, tmp_path / "made")
    assert made.checked is not None
    (found,) = made.checked.problems
    assert (found.code, found.severity) == ("unfit-enum", "warning")
    made.apply()
    text = (tmp_path / "made/misplaced_service/routes.py").read_text()
    assert 'list[Literal["open", "paid"]]' in text

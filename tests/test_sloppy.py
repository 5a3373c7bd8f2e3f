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

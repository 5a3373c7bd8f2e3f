"""Rules hold where they should, and leave sound documents alone; their texts are in tests/refused."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from generator.json_schema import definitions
from generator.load import load
from generator.meaning import meaning
from generator.model import Json, Need
from generator.paths import OurPaths, our_paths, overlap
from generator.read.openapi import read
from generator.rules.values import Judge, surely
from tests.spoken import Said, corpus, needs_corpus, said

POST = "requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Body'}}}}"
DONE = "responses: {'204': {description: Done.}}"


def codes(found: Said) -> list[str]:
    return [each.code for each in meaning(found.api)]


def callback(folder: Path, expression: str, body: str, **more: str) -> list[str]:
    text = f"""
paths:
  /a/{{id}}:
    post:
      operationId: op
      parameters:
      - {{name: id, in: path, required: true, schema: {{}}}}
      - {{name: X-Url, in: header, schema: {{}}}}
      {POST}
      {DONE}
      callbacks: {{told: {{'{expression}': {{post: {{{DONE}}}}}}}}}
components:
  schemas:
    Body: {body}
    Base: {{type: object, properties: {{url: {{type: string}}}}}}
"""
    return codes(said(folder, text, **more))


@pytest.mark.parametrize(
    "expression, body",
    [
        ("{$request.body#/url}", "{type: object, properties: {url: {type: string}}}"),
        ("{$request.body#/url}", "{allOf: [{$ref: '#/components/schemas/Base'}]}"),
        (
            "{$request.body#/url}",
            "{oneOf: [{type: object, properties: {a: {}}}, {$ref: '#/components/schemas/Base'}]}",
        ),
        ("{$request.body#/any/thing}", "{type: object}"),
        ("{$request.body#/any}", "{properties: {a: {}}, additionalProperties: true}"),
        ("{$request.body#/list/0/url}", "{properties: {list: {type: array}}}"),
        (
            "{$request.body#/a~1b/url}",
            "{properties: {a/b: {$ref: '#/components/schemas/Base'}}}",
        ),
        ("{$request.header.x-url}", "{}"),
        ("{$request.path.id}", "{}"),
        ("{$url}", "{}"),
        ("http://a.b?i={$request.body#/url}&m={$method}", "{properties: {url: {}}}"),
        ("{$response.body#/anything}", "{}"),
        ("https://fixed.example/hook", "{}"),
    ],
)
def test_an_expression_that_points_at_something_is_fine(
    tmp_path: Path, expression: str, body: str
) -> None:
    assert callback(tmp_path, expression, body) == []


@pytest.mark.parametrize(
    "expression, body, code",
    [
        ("{$request.body#/urk}", "{properties: {url: {}}}", "unresolved-callback"),
        (
            "{$request.body#/a/b}",
            "{properties: {a: {properties: {c: {}}}}}",
            "unresolved-callback",
        ),
        ("{$request.path.no}", "{}", "unresolved-callback"),
        ("{$request.cookie.a}", "{}", "malformed-expression"),
        ("{$response.path.a}", "{}", "malformed-expression"),
        ("{$request.body.url}", "{properties: {url: {}}}", "sloppy-expression"),
        ("{request.body#/url}", "{properties: {url: {}}}", "sloppy-expression"),
        ("event", "{}", "callback-without-address"),
    ],
)
def test_an_expression_that_points_nowhere_is_not(
    tmp_path: Path, expression: str, body: str, code: str
) -> None:
    assert callback(tmp_path, expression, body) == [code]


def test_one_name_in_two_places_is_no_collision(tmp_path: Path) -> None:
    text = f"""
paths:
  /a/{{id}}:
    get:
      parameters:
      - {{name: id, in: path, required: true, schema: {{}}}}
      - {{name: id, in: query, schema: {{}}}}
      - {{name: ID, in: query, x-python-name: other, schema: {{}}}}
      {DONE}
"""
    assert codes(said(tmp_path, text)) == []


def test_a_recursive_schema_is_not_endless(tmp_path: Path) -> None:
    text = """
paths: {}
components:
  schemas:
    Tree: {type: object, properties: {left: {$ref: '#/components/schemas/Tree'}}}
    Base: {oneOf: [{$ref: '#/components/schemas/Dog'}]}
    Dog: {allOf: [{$ref: '#/components/schemas/Base'}, {type: object}]}
"""
    assert "endless-schema" not in codes(said(tmp_path, text))


@pytest.mark.parametrize(
    "schema, value, fits",
    [
        ("{type: integer}", 1.0, True),
        ("{type: integer}", True, False),
        ("{enum: [1]}", True, False),
        ("{type: [string, 'null'], maxLength: 1}", None, True),
        ("{oneOf: [{type: string}, {type: integer}]}", 3, True),
        ("{anyOf: [{type: string}, {$ref: '#/components/schemas/A'}]}", "x", True),
        ("{anyOf: [{$ref: '#/components/schemas/A'}]}", 1, True),
        ("{type: array, uniqueItems: true}", [1, 1], False),
        ("{properties: {a: {readOnly: true}}, required: [a]}", {}, True),
        ("{properties: {a: {}}, required: [a]}", {}, False),
        ("{additionalProperties: {type: string}}", {"a": 1}, False),
        ("{pattern: '^(?<year>x)'}", "y", True),
        ("{minimum: 1, exclusiveMaximum: 3}", 3, False),
    ],
)
def test_values_are_judged_as_json_schema_does(
    tmp_path: Path, schema: str, value: Json, fits: bool
) -> None:
    found = said(tmp_path, f"paths: {{}}\ncomponents: {{schemas: {{A: {schema}}}}}")
    assert (Judge(found.api).wrong(value, found.schema("A")) is None) == fits


def test_a_quick_look_never_praises_what_jsonschema_refuses() -> None:
    """Every value of the corpus that fits beyond doubt fits."""
    from jsonschema import Draft202012Validator

    from generator.rules.values import claims

    needs_corpus()
    sure = 0
    for path in corpus():
        api, _ = read(load(path))
        judge = Judge(api)
        for claim in claims(api):
            if surely(api, claim.value, claim.schema) and sure < 3000:
                sure += 1
                assert judge.slowly(claim.value, claim.schema) is None, claim
        Draft202012Validator.check_schema(definitions(api))
    assert sure > 500


def needing(folder: Path, paths: str, head: str = "") -> OurPaths:
    return our_paths(said(folder, f"{head}paths: {paths}").api)[0]


def test_a_document_gets_the_paths_it_needs(tmp_path: Path) -> None:
    plain = needing(tmp_path, f"{{/a: {{get: {{{DONE}}}}}}}")
    assert plain.under_base() == ()
    assert plain.under_site() == ("/openapi.json", "/docs", "/healthz", "/readyz")
    slow = needing(tmp_path, f"{{/a: {{post: {{x-processing: async, {DONE}}}}}}}")
    assert "/jobs/{job_id}/result" in slow.under_base()
    assert "/jobs" not in slow.under_base()
    assert "/callback-secret" not in slow.under_base()
    hooks = needing(tmp_path, "{}", f"webhooks: {{a: {{post: {{{DONE}}}}}}}\n")
    assert "/webhooks/{webhook_id}" in hooks.under_base()
    assert not any(path.startswith("/jobs") for path in hooks.under_base())


def test_only_secured_documents_have_lists_and_secrets(tmp_path: Path) -> None:
    text = f"""
paths:
  /a: {{post: {{x-processing: async, security: [{{k: []}}, {{b: [s], k: []}}, {{}}], {DONE}}}}}
components: {{securitySchemes: {{k: {{type: apiKey, in: query, name: k}}, b: {{type: http, scheme: bearer}}}}}}
"""
    paths = our_paths(said(tmp_path, text).api)[0]
    assert paths.secured
    key, bearer = Need(scheme="k"), Need(scheme="b")
    assert paths.access == ((key,), (bearer, key))
    for path in ("/jobs", "/events", "/callback-secret"):
        assert path in paths.under_base()


@pytest.mark.parametrize(
    "path, base, site",
    [
        (
            "/jobs",
            "/async",
            "",
        ),  # its list, were it secured, is /jobs/{job_id}'s parent
        ("/{anything}", "/async", "/async"),
        ("/jobs/statistics", "/async", ""),
        ("/docs", "", "/async"),
        ("/orders/{id}", "", ""),
        ("/async/jobs/{id}", "", ""),
    ],
)
def test_our_paths_give_way(tmp_path: Path, path: str, base: str, site: str) -> None:
    text = f"""
paths:
  {path}: {{post: {{operationId: a, x-processing: async, security: [{{k: []}}], {DONE}}}}}
components: {{securitySchemes: {{k: {{type: apiKey, in: query, name: k}}}}}}
"""
    paths, problems = our_paths(said(tmp_path, text).api)
    assert (paths.base, paths.site) == (base, site)
    assert [each.code for each in problems] == ["paths-moved"] * bool(base) + [
        "paths-moved"
    ] * bool(site)


def test_our_paths_give_way_twice(tmp_path: Path) -> None:
    found = needing(
        tmp_path,
        f"{{/jobs/x: {{get: {{{DONE}}}}}, '/async/{{a}}/{{b}}': {{post: {{x-processing: async, {DONE}}}}}}}",
    )
    assert found.base == "/async-1"


@pytest.mark.parametrize(
    "one, other, expected",
    [
        ("/a/{b}", "/a/c", True),
        ("/a/{b}", "/{a}/c", True),
        ("/a", "/a/", True),
        ("/a/b", "/a/c", False),
        ("/a", "/a/b", False),
    ],
)
def test_templates_overlap(one: str, other: str, expected: bool) -> None:
    assert overlap(one, other) == overlap(other, one) == expected


KNOWN: dict[str, int] = {}
"""Errors that the corpus has, by code."""


def test_the_corpus_means_something(capsys: pytest.CaptureFixture[str]) -> None:
    needs_corpus()
    found: Counter[tuple[str, str]] = Counter()
    refused = []
    for path in corpus():
        api, problems = read(load(path))
        problems += meaning(api)
        found.update((each.severity, each.code) for each in problems)
        errors = [each.message for each in problems if each.severity == "error"]
        refused += [f"{path.name}: {message}" for message in errors]
    with capsys.disabled():
        print(f"\n{len(corpus())} documents, {len(refused)} refused:")
        print("".join(f"  {each}\n" for each in refused), end="")
        for (severity, code), number in sorted(found.items()):
            print(f"  {number:4} {severity:8} {code}")
    errors_ = {c: n for (severity, c), n in found.items() if severity == "error"}
    assert errors_ == KNOWN

"""What a document says is in the model, whatever version it is written in."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.load import load
from generator.model import ABSENT, Api, Need, Operation
from generator.problems import Refused
from generator.read.durations import duration
from generator.read.openapi import read
from tests.spoken import Said, corpus, needs_corpus, said

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")


def schemas(folder: Path, text: str, version: str = "3.1.0", **files: str) -> Said:
    indented = "".join(f"    {line}\n" for line in text.strip().splitlines())
    return said(
        folder, f"paths: {{}}\ncomponents:\n  schemas:\n{indented}", version, **files
    )


def test_components_come_first_and_in_order(tmp_path: Path) -> None:
    text = "B: {$ref: '#/components/schemas/A'}\nA: {type: string}"
    found = schemas(tmp_path, text)
    assert [each.name for each in found.api.schemas.values()] == ["B", "A"]
    assert found.schema("B").ref == found.schema("A").key


def test_what_stands_beside_a_ref_is_kept_from_3_1_on(tmp_path: Path) -> None:
    text = "A: {type: string}\nB: {$ref: '#/components/schemas/A', minLength: 2, title: Bee}"
    new = schemas(tmp_path, text).schema("B")
    assert (new.ref is not None, new.min_length, new.title) == (True, 2, "Bee")
    old = schemas(tmp_path, text, "3.0.3")
    assert old.schema("B").min_length is None
    (hint,) = old.problems
    assert (hint.code, hint.severity) == ("ignored-siblings", "hint")


def test_a_ref_to_an_inner_schema_names_that_schema(tmp_path: Path) -> None:
    text = (
        "A: {type: object, properties: {deep: {type: object}}}\n"
        "B: {$ref: '#/components/schemas/A/properties/deep'}"
    )
    found = schemas(tmp_path, text)
    inner = found.schema("A").properties[0].schema
    assert found.api.schemas[found.schema("B").ref or ""] is inner
    assert inner.name == "deep"


def test_refs_lead_into_other_files_and_back(tmp_path: Path) -> None:
    found = schemas(
        tmp_path,
        "A: {$ref: 'other.yaml#/Thing'}\nB: {type: integer}",
        other="Thing: {properties: {b: {$ref: 'api.yaml#/components/schemas/B'}, self: {$ref: '#/Thing'}}}",
    )
    thing = found.api.schemas[found.schema("A").ref or ""]
    assert thing.name == "Thing" and thing.at.file.endswith("other.yaml")
    by_name = {each.name: each.schema.ref for each in thing.properties}
    assert by_name == {"b": found.schema("B").key, "self": thing.key}
    assert found.problems == []


def test_a_whole_file_can_be_a_schema(tmp_path: Path) -> None:
    found = schemas(tmp_path, "A: {$ref: pet.yaml}", pet="type: object")
    assert found.schema("pet").types == ("object",)


def test_a_ref_that_leads_nowhere_is_a_problem_with_its_place(tmp_path: Path) -> None:
    found = schemas(tmp_path, "A: {$ref: '#/components/schemas/Nope'}")
    (problem,) = found.problems
    assert problem.code == "unresolved-reference"


def test_refs_that_go_in_a_circle_are_refused(tmp_path: Path) -> None:
    text = (
        "A: {$ref: '#/components/schemas/B'}\nB: {$ref: '#/components/schemas/A'}\n"
        "C: {$ref: '#/components/schemas/C'}"
    )
    assert "circular-reference" in schemas(tmp_path, text).codes()


def test_circles_of_other_references_are_refused(tmp_path: Path) -> None:
    text = """
paths:
  /a:
    get:
      parameters: [{$ref: '#/components/parameters/P'}]
      responses: {'200': {$ref: '#/components/responses/R'}}
components:
  parameters: {P: {$ref: '#/components/parameters/Q'}, Q: {$ref: '#/components/parameters/P'}}
  responses: {R: {$ref: '#/components/responses/R'}}
"""
    assert set(said(tmp_path, text).codes()) == {"circular-reference"}


def test_deep_schemas_need_no_deep_stack(tmp_path: Path) -> None:
    depth = 150
    text = "{type: array, items: " * depth + "{type: string}" + "}" * depth
    schema = schemas(tmp_path, f"A: {text}").schema("A")
    for _ in range(depth):
        assert schema.items is not None
        schema = schema.items
    assert schema.types == ("string",)


def test_nullable_of_3_0_becomes_null(tmp_path: Path) -> None:
    text = """
Plain: {type: string, nullable: true}
Enum: {type: string, enum: [a], nullable: true}
All: {allOf: [{$ref: '#/components/schemas/Plain'}], nullable: true, description: D}
Any: {nullable: true, description: anything}
"""
    found = schemas(tmp_path, text, "3.0.3")
    assert found.schema("Plain").types == ("string", "null")
    assert found.schema("Enum").enum == ("a", None)
    either = found.schema("All")
    assert either.description == "D"
    assert [each.types for each in either.any_of] == [(), ("null",)]
    assert either.any_of[0].all_of[0].ref == found.schema("Plain").key
    assert not found.schema("Any").types and not found.schema("Any").any_of


def test_bounds_of_3_0_become_numbers(tmp_path: Path) -> None:
    text = "A: {type: number, minimum: 1, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false}"
    schema = schemas(tmp_path, text, "3.0.3").schema("A")
    assert (schema.minimum, schema.exclusive_minimum) == (None, 1)
    assert (schema.maximum, schema.exclusive_maximum) == (9, None)


def test_every_keyword_of_3_1_has_its_place(tmp_path: Path) -> None:
    text = """
A:
  type: [object, 'null']
  properties: {a: {const: null, x-python-name: first}, b: true}
  patternProperties: {'^x': false}
  propertyNames: {pattern: '^.'}
  dependentRequired: {a: [b]}
  dependentSchemas: {a: {required: [b]}}
  unevaluatedProperties: false
  additionalProperties: {type: string}
  if: {required: [a]}
  then: {required: [b]}
  else: {minProperties: 1}
  not: {maxProperties: 0}
  default: null
  examples: [{a: null}, {}]
B:
  prefixItems: [{type: string}, {enum: [1, null]}]
  items: false
  contains: {type: string}
  minContains: 1
  maxContains: 2
  unevaluatedItems: false
  uniqueItems: true
C: {type: string, contentMediaType: application/json, contentEncoding: base64, contentSchema: {type: object}}
"""
    found = schemas(tmp_path, text)
    a, b, c = (found.schema(name) for name in "ABC")
    assert a.types == ("object", "null") and a.default is None
    assert a.properties[0].schema.const is None
    assert a.properties[0].python_name == "first"
    assert a.properties[1].schema.const is ABSENT
    assert a.pattern_properties[0][1].never
    assert a.dependent_required == {"a": ("b",)}
    assert [each is not None for each in (a.if_, a.then, a.else_, a.not_)] == [True] * 4
    assert a.unevaluated_properties is not None and a.unevaluated_properties.never
    assert a.examples == ({"a": None}, {})
    assert b.items is not None and b.items.never and len(b.prefix_items) == 2
    assert (b.min_contains, b.max_contains, b.unique_items) == (1, 2, True)
    assert c.content_schema is not None and c.content_encoding == "base64"


def test_a_discriminator_maps_to_schemas_by_name_or_reference(tmp_path: Path) -> None:
    text = """
Pet:
  oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
  discriminator:
    propertyName: kind
    mapping: {cat: Cat, dog: '#/components/schemas/Dog', bird: 'birds.yaml#/Bird'}
    defaultMapping: Cat
Cat: {type: object}
Dog: {type: object}
"""
    found = schemas(tmp_path, text, "3.2.0", birds="Bird: {type: object}")
    chosen = found.schema("Pet").discriminator
    assert chosen is not None
    names = {
        value: found.api.schemas[key].name for value, key in chosen.mapping.items()
    }
    assert names == {"cat": "Cat", "dog": "Dog", "bird": "Bird"}
    assert chosen.default == found.schema("Cat").key


def test_parameters_are_merged_and_their_defaults_filled(tmp_path: Path) -> None:
    text = """
paths:
  /a/{id}:
    parameters:
    - {name: id, in: path, required: true, schema: {type: string}}
    - {name: q, in: query, schema: {type: string}}
    - {name: x, in: header, schema: {type: string}}
    get:
      operationId: getA
      parameters:
      - {$ref: '#/components/parameters/Q'}
      - {name: c, in: cookie, schema: {}}
      - {name: f, in: query, style: deepObject, schema: {type: object}}
      - {name: j, in: query, content: {application/json: {schema: {type: object}}}}
      - {name: X, in: header, x-python-name: ex, schema: {}}
components:
  parameters: {Q: {name: q, in: query, required: true, schema: {type: integer}}}
"""
    parameters = said(tmp_path, text).operation("getA").parameters
    shown = [(p.name, p.location, p.style, p.explode, p.required) for p in parameters]
    assert shown == [
        ("id", "path", "simple", False, True),
        ("q", "query", "form", True, True),
        ("c", "cookie", "form", True, False),
        ("f", "query", "deepObject", True, False),
        ("j", "query", "form", True, False),
        ("X", "header", "simple", False, False),
    ]
    assert parameters[4].content is not None
    assert parameters[5].python_name == "ex"


def test_header_parameters_that_openapi_ignores_are_ignored_aloud(
    tmp_path: Path,
) -> None:
    text = "paths: {/a: {get: {parameters: [{name: Accept, in: header, schema: {}}]}}}"
    found = said(tmp_path, text)
    assert found.api.operations[0].parameters == ()
    assert found.codes() == ["ignored-parameter"]


def test_headers_may_begin_with_x(tmp_path: Path) -> None:
    text = """
paths:
  /a:
    get:
      responses:
        '200': {description: D, headers: {x-rate: {schema: {type: integer}}, Content-Type: {schema: {}}}}
        x-other: {}
"""
    (response,) = said(tmp_path, text).api.operations[0].responses
    assert [each.name for each in response.headers] == ["x-rate"]


def test_missing_ids_are_made_from_method_and_path(tmp_path: Path) -> None:
    text = """
paths:
  /a-b: {get: {}}
  /a/b: {get: {}}
  /a/{id}: {post: {operationId: getAB2}, delete: {}}
"""
    ids = {each.id: each.id_given for each in said(tmp_path, text).api.operations}
    assert ids == {"getAB": False, "getAB3": False, "getAB2": True, "deleteAId": False}


def test_a_duplicate_id_is_refused_with_both_places(tmp_path: Path) -> None:
    text = "paths: {/a: {get: {operationId: x}}, /b: {post: {operationId: x}}}"
    (problem,) = said(tmp_path, text).problems
    assert problem.code == "duplicate-operation-id"
    assert "GET /a" in problem.message
    assert getattr(problem.at, "path")[:2] == ("paths", "/b")


def test_the_path_items_of_3_2_are_read(tmp_path: Path) -> None:
    text = """
paths:
  /a:
    query: {operationId: ask}
    additionalOperations: {COPY: {operationId: copy}}
  /b: {$ref: 'items.yaml#/b', summary: mine}
"""
    items = "b: {summary: theirs, get: {operationId: getB}, parameters: [{name: q, in: query, schema: {}}]}"
    found = said(tmp_path, text, "3.2.0", items=items)
    assert [(o.method, o.id) for o in found.api.operations] == [
        ("QUERY", "ask"),
        ("COPY", "copy"),
        ("GET", "getB"),
    ]
    assert found.operation("getB").summary == "mine"
    assert found.operation("getB").parameters[0].name == "q"


def test_the_media_types_of_3_2_are_read(tmp_path: Path) -> None:
    text = """
paths:
  /a:
    post:
      parameters: [{name: whole, in: querystring, content: {application/json: {schema: {type: object}}}}]
      requestBody:
        content:
          multipart/mixed:
            prefixEncoding: [{contentType: 'image/png, image/jpeg'}]
            itemEncoding: {headers: {X-Part: {schema: {type: string}}}}
      responses:
        '200': {description: D, content: {text/event-stream: {$ref: '#/components/mediaTypes/Lines'}}}
components: {mediaTypes: {Lines: {itemSchema: {type: object}}}}
tags: [{name: a, summary: A, parent: b, kind: nav}]
"""
    found = said(tmp_path, text, "3.2.0")
    operation = found.api.operations[0]
    assert operation.parameters[0].location == "querystring"
    assert operation.body is not None
    (body,) = operation.body.contents
    assert body.prefix_encoding[0].content_types == ("image/png", "image/jpeg")
    assert body.item_encoding is not None
    assert body.item_encoding.headers[0].name == "X-Part"
    assert operation.responses[0].contents[0].item_schema is not None
    assert (found.api.tags[0].parent, found.api.tags[0].kind) == ("b", "nav")


@pytest.mark.parametrize(
    ("version", "content_type", "is_styled"),
    [
        ("3.0.3", "application/x-www-form-urlencoded", True),
        ("3.0.3", "multipart/form-data", False),
        ("3.1.0", "multipart/form-data", True),
    ],
)
def test_parts_have_styles_from_3_1_on(
    tmp_path: Path, version: str, content_type: str, is_styled: bool
) -> None:
    text = f"""
paths:
  /a:
    post:
      requestBody:
        content: {{{content_type}: {{encoding: {{a: {{style: form, explode: false}}}}}}}}
      responses: {{'204': {{description: D}}}}
"""
    body = said(tmp_path, text, version).api.operations[0].body
    assert body is not None
    found = body.contents[0].encoding["a"]
    assert (found.style, found.explode) == (
        ("form", False) if is_styled else (None,) * 2
    )


def test_responses_with_their_ranges_links_and_descriptions(tmp_path: Path) -> None:
    text = """
paths:
  /a:
    get:
      operationId: getA
      responses:
        '200': {$ref: '#/components/responses/Ok', description: mine}
        '4xx': {description: bad}
        default: {description: other, x-python-name: Other}
components:
  responses:
    Ok:
      description: theirs
      links: {next: {operationId: getA, parameters: {id: '$response.body#/id'}, requestBody: null}}
"""
    ok, bad, other = said(tmp_path, text).operation("getA").responses
    assert (ok.description, ok.is_success, bad.status) == ("mine", True, "4XX")
    assert (other.status, other.python_name) == ("default", "Other")
    assert ok.links[0].operation_id == "getA" and ok.links[0].request_body is None


SECURED = """
security: [{key: []}]
paths:
  /a: {get: {operationId: inherits}}
  /b: {get: {operationId: open, security: []}}
  /c: {get: {operationId: either, security: [{key: [], login: [read]}, {}]}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
    login: {type: oauth2, flows: {implicit: {authorizationUrl: 'https://a', scopes: {read: R}}}}
    basic: {type: http, scheme: Basic}
    tls: {type: mutualTLS}
"""


def test_security_is_inherited_overridden_and_optional(tmp_path: Path) -> None:
    found = said(tmp_path, SECURED)
    assert found.operation("inherits").security == ((Need(scheme="key"),),)
    assert found.operation("open").security == ()
    both = (Need(scheme="key"), Need(scheme="login", scopes=("read",)))
    assert found.operation("either").security == (both, ())
    types = {name: each.type for name, each in found.api.schemes.items()}
    expected = {
        "key": "apiKey",
        "login": "oauth2",
        "basic": "http",
        "tls": "mutualTLS",
    }
    assert types == expected
    assert found.api.schemes["basic"].scheme == "basic"


def test_processing_short_and_long_over_the_documents_defaults(tmp_path: Path) -> None:
    text = """
x-processing: {attempts: 5, deadline: 2m, base: /later/}
paths:
  /a: {post: {operationId: short, x-processing: async}}
  /b:
    post:
      operationId: long
      x-processing:
        {type: auto, wait: 500ms, deadline: PT1H, retention: 1d, backoff: {factor: 3}, idempotency: required,
         queue: 5, concurrency: 1, progress: '#/components/schemas/P', webhook: done}
  /c: {post: {operationId: azure, x-ms-long-running-operation: true}}
  /d: {post: {operationId: plain}}
webhooks: {done: {post: {}}}
components: {schemas: {P: {type: object}}}
"""
    found = said(tmp_path, text)
    assert found.api.base == "/later"
    short, long = (
        found.operation("short").processing,
        found.operation("long").processing,
    )
    assert (short.type, short.attempts, short.deadline) == ("async", 5, 120.0)
    times = (long.wait, long.deadline, long.retention)
    assert (long.type, times) == ("auto", (0.5, 3600.0, 86400.0))
    assert (long.backoff.factor, long.backoff.initial) == (3.0, 1.0)
    assert (long.idempotency, long.queue, long.concurrency) == ("required", 5, 1)
    assert long.progress is not None and long.progress.ref == found.schema("P").key
    assert long.webhook == "done"
    assert found.operation("azure").is_async
    assert not found.operation("plain").is_async
    assert found.problems == []


@pytest.mark.parametrize(
    "marking, message, help",
    [
        (
            "asynch",
            'op: "asynch" is not a processing type',
            "use sync, async or auto",
        ),
        (
            "{typ: async}",
            'op: "typ" is not a key of x-processing',
            "did you mean type?",
        ),
        (
            "{deadline: 5 seconds}",
            'op: "5 seconds" is not a value of deadline',
            "write a duration such as 500ms, 5s, 10m, 24h, 1d or PT5S",
        ),
        (
            "{attempts: 0}",
            "op: this is not a value of attempts",
            "write a whole number, at least 1",
        ),
        (
            "{type: async, backoff: {maximum: 1s}}",
            'op: "maximum" is not a key of x-processing',
            "did you mean max?",
        ),
    ],
)
def test_an_unknown_marking_is_refused_by_name(
    tmp_path: Path, marking: str, message: str, help: str
) -> None:
    text = f"paths: {{/a: {{post: {{operationId: op, x-processing: {marking}}}}}}}"
    (problem,) = said(tmp_path, text).problems
    assert problem.code == "unknown-processing"
    assert (problem.message, problem.help) == (message, help)


def test_a_202_of_an_unmarked_operation_is_hinted_at(tmp_path: Path) -> None:
    operation = "{operationId: op, responses: {'202': {description: D}}}"
    found = said(tmp_path, f"paths: {{/a: {{post: {operation}}}}}")
    assert [(p.code, p.severity) for p in found.problems] == [("unmarked-202", "hint")]
    assert not found.operation("op").is_async


@pytest.mark.parametrize(
    "text, seconds",
    [
        ("500ms", 0.5),
        ("5s", 5),
        ("10m", 600),
        ("24h", 86400),
        ("1d", 86400),
        ("1.5s", 1.5),
        ("PT5S", 5),
        ("P1DT1M", 86460),
        ("P2W", 1209600),
        ("5", None),
        ("PT", None),
        ("P", None),
        ("5 s", None),
        ("", None),
        ("-1s", None),
    ],
)
def test_durations(text: str, seconds: float | None) -> None:
    assert duration(text) == seconds


def test_callbacks_keep_their_expressions_as_written(tmp_path: Path) -> None:
    text = """
paths:
  /a:
    post:
      operationId: op
      callbacks:
        first:
          'http://x?u={$request.body#/id}': {post: {requestBody: {content: {application/json: {schema: {type: object}}}}}}
          '{request.body#/sloppy}': {put: {}}
          x-note: none
        shared: {$ref: '#/components/callbacks/Shared'}
components:
  callbacks: {Shared: {'{$url}': {$ref: '#/components/pathItems/Item'}}}
  pathItems: {Item: {post: {operationId: told}}}
"""
    callbacks = said(tmp_path, text).operation("op").callbacks
    assert [(c.name, c.expression, c.operation.method) for c in callbacks] == [
        ("first", "http://x?u={$request.body#/id}", "POST"),
        ("first", "{request.body#/sloppy}", "PUT"),
        ("shared", "{$url}", "POST"),
    ]
    assert [c.operation.id for c in callbacks] == ["opFirst", "opFirst2", "told"]
    assert callbacks[0].operation.body is not None


def test_a_callback_that_contains_itself_ends(tmp_path: Path) -> None:
    text = """
paths:
  /a: {post: {operationId: op, callbacks: {again: {'{$url}': {$ref: '#/paths/~1a'}}}}}
"""
    found = said(tmp_path, text)
    assert "not-supported" in found.codes()


def test_callbacks_may_share_one_definition_but_not_one_id(tmp_path: Path) -> None:
    text = """
paths:
  /a: {post: {operationId: a, callbacks: {x: {$ref: '#/components/callbacks/X'}}}}
  /b: {post: {operationId: b, callbacks: {x: {$ref: '#/components/callbacks/X'}, y: {'{$url}': {post: {operationId: told}}}}}}
components: {callbacks: {X: {'{$url}': {post: {operationId: told}}}}}
"""
    found = said(tmp_path, text)
    assert [(p.code, p.severity) for p in found.problems] == [
        ("duplicate-operation-id", "warning")
    ]


def test_webhooks_by_either_name(tmp_path: Path) -> None:
    hooks = (
        "{shipped: {post: {operationId: tell}, put: {}}, lost: {$ref: 'w.yaml#/lost'}}"
    )
    files = {"w": "lost: {post: {}}"}
    new = said(tmp_path, f"webhooks: {hooks}", **files)
    old = said(tmp_path, f"paths: {{}}\nx-webhooks: {hooks}", "3.0.3", **files)
    for found in (new, old):
        shown = [(w.name, w.operation.method) for w in found.api.webhooks]
        assert shown == [("shipped", "POST"), ("shipped", "PUT"), ("lost", "POST")]
        assert [w.operation.id for w in found.api.webhooks] == [
            "tell",
            "shipped",
            "lost",
        ]


def test_no_shape_is_wrong_enough_for_a_traceback(tmp_path: Path) -> None:
    whole: Any = json.loads(
        json.dumps(
            {
                "paths": {
                    "/a": {
                        "parameters": [],
                        "get": {
                            "parameters": [
                                {
                                    "name": "a",
                                    "in": "query",
                                    "schema": {"type": "string"},
                                }
                            ],
                            "requestBody": {
                                "content": {"a/b": {"schema": {"allOf": [{}]}}}
                            },
                            "responses": {"200": {"headers": {"A": {"schema": {}}}}},
                            "callbacks": {"c": {"{$url}": {"post": {}}}},
                            "security": [{"a": ["b"]}],
                            "x-processing": {"backoff": {"max": "1s"}, "type": "async"},
                        },
                    }
                },
                "components": {
                    "schemas": {
                        "A": {"properties": {"a": {"enum": [1]}}, "required": ["a"]}
                    },
                    "securitySchemes": {"a": {"type": "oauth2", "flows": {"x": {}}}},
                },
                "tags": [{"name": "a"}],
                "servers": [{"url": "/", "variables": {"a": {"enum": ["b"]}}}],
                "info": {"title": "T", "license": {"name": "x"}},
            }
        )
    )
    for number, mutated in enumerate(mutations(whole)):
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps({"openapi": "3.1.0", **mutated}))
        api, _ = read(load(path))
        assert isinstance(api, Api)
    assert number > 200


def mutations(whole: Any) -> Iterator[Any]:
    """The document with each of its values replaced by each of some others."""
    for path in paths_of(whole):
        for other in (None, 7, "text", [], {}, ["x"], {"$ref": 5}, True):
            copy = json.loads(json.dumps(whole))
            here = copy
            for key in path[:-1]:
                here = here[key]
            here[path[-1]] = other
            yield copy


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in items:
        yield (*path, key)
        if isinstance(each, dict | list):
            yield from paths_of(each, (*path, key))


class Walker:
    """Counts operations, callbacks and webhooks in raw data, knowing nothing of the reader."""

    def __init__(self, path: Path) -> None:
        self.documents = load(path)
        self.counts: Counter[str] = Counter()
        root = self.documents.root
        assert isinstance(root, dict)
        at = self.place()
        self.items(root.get("paths"), at / "paths", "operations")
        for key in ("webhooks", "x-webhooks"):
            self.items(root.get(key), at / key, "webhooks")

    def place(self) -> Any:
        from generator.problems import Place

        return Place(self.documents.entry)

    def items(self, items: Any, at: Any, what: str) -> None:
        for key, item in (items or {}).items():
            if key.startswith("x-"):
                continue
            item, here = self.followed(item, at / key)
            for method in METHODS:
                if method in item:
                    self.counts[what] += 1
                    self.callbacks(item[method], here / method)
            for method in item.get("additionalOperations", {}):
                self.counts[what] += 1

    def callbacks(self, operation: Any, at: Any) -> None:
        for name, callback in operation.get("callbacks", {}).items():
            callback, here = self.followed(callback, at / "callbacks" / name)
            self.items(callback, here, "callbacks")

    def followed(self, value: Any, at: Any) -> tuple[Any, Any]:
        while "$ref" in value:
            at = self.documents.resolve(at / "$ref", value["$ref"])
            value = self.documents.value(at)
        return value, at


def count(api: Api) -> dict[str, int]:
    stack: list[Operation] = [each for each in api.operations]
    stack += [each.operation for each in api.webhooks]
    callbacks = 0
    while stack:
        found = stack.pop().callbacks
        callbacks += len(found)
        stack += [each.operation for each in found]
    counts = {
        "operations": len(api.operations),
        "callbacks": callbacks,
        "webhooks": len(api.webhooks),
    }
    return {what: number for what, number in counts.items() if number}


def test_the_corpus_is_read_whole(capsys: pytest.CaptureFixture[str]) -> None:
    needs_corpus()
    refused: list[str] = []
    total: Counter[str] = Counter()
    for path in corpus():
        try:
            api, problems = read(load(path))
        except Refused as no:
            refused.append(f"{path.name}: {no}")
            continue
        errors = [each for each in problems if each.severity == "error"]
        refused += [f"{path.name}: {each.code}: {each.message}" for each in errors]
        assert count(api) == dict(Walker(path).counts), path.name
        total.update(count(api))
    with capsys.disabled():
        print(f"\n{len(corpus())} documents: {dict(total)}; refused by read: {refused}")
    assert total["operations"] > 400

"""The effective document is the author's, with all that the service adds, and valid in its own version."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from generator.bundle import bundled
from generator.effective import effective
from generator.load import load
from generator.paths import our_paths
from generator.read.openapi import read
from tests.spoken import Said, corpus, needs_corpus, said

OWN = "{'201': {description: Placed.}, '422': {description: Bad., content: {application/json: {schema: {type: object}}}}}"
ORDERS = f"""
paths:
  /orders:
    post:
      operationId: placeOrder
      x-processing: {{type: async, idempotency: required}}
      requestBody: {{required: true, content: {{application/json: {{schema: {{type: object}}}}}}}}
      responses: {OWN}
  /orders/{{id}}:
    get:
      operationId: getJob
      parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]
      responses: {{'200': {{description: An order.}}}}
"""
SECURED = """
security: [{key: []}]
components: {securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}, schemas: {Job: {type: string}}}
"""
HOOKS = "webhooks: {shipped: {post: {responses: {'204': {description: Noted.}}}}}\n"


def made(found: Said) -> Any:
    return effective(found.documents, found.api, our_paths(found.api)[0])


def refs(value: Any) -> set[str]:
    """Every $ref of a document."""
    found, stack = set(), [value]
    while stack:
        here = stack.pop()
        if isinstance(here, dict):
            ref = here.get("$ref")
            found |= {ref} if isinstance(ref, str) else set()
            stack.extend(here.values())
        elif isinstance(here, list):
            stack.extend(here)
    return found


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("more", ["", SECURED])
def test_our_part_is_valid_in_both_versions(
    tmp_path: Path, version: str, more: str
) -> None:
    hooks = HOOKS if version > "3.1" else f"x-{HOOKS}"
    document = made(said(tmp_path, ORDERS + more + hooks, version))
    validate(document)
    ours = set(document["paths"]) - {"/orders", "/orders/{id}"}
    assert len(ours) == (16 if more else 13)


def test_an_asynchronous_operation_answers_202(tmp_path: Path) -> None:
    post = made(said(tmp_path, ORDERS))["paths"]["/orders"]["post"]
    accepted = post["responses"]["202"]
    assert set(accepted["headers"]) == {
        "Operation-Location",
        "Location",
        "Retry-After",
        "Link",
        "Preference-Applied",
        "Idempotency-Replayed",
    }
    assert accepted["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/Job"
    }
    needed = {each["name"]: each.get("required", False) for each in post["parameters"]}
    assert needed == {"Prefer": False, "Idempotency-Key": True, "Callback-Url": False}
    assert list(post["responses"])[:2] == ["201", "422"]


def test_what_the_author_declares_stays(tmp_path: Path) -> None:
    found = said(tmp_path, ORDERS)
    before = copy.deepcopy(found.documents.root)
    document = made(found)
    assert found.documents.root == before
    bad = document["paths"]["/orders"]["post"]["responses"]["422"]
    assert bad["description"] == "Bad."
    assert list(bad["content"]) == ["application/json", "application/problem+json"]
    assert document["paths"]["/orders"]["post"]["responses"]["201"] == {
        "description": "Placed."
    }


def test_a_202_of_the_authors_keeps_its_words_and_says_what_is_sent(
    tmp_path: Path,
) -> None:
    text = """
paths:
  /a:
    post:
      operationId: a
      x-processing: async
      parameters: [{name: PREFER, in: header, schema: {type: string}}]
      responses:
        '200': {description: Done.}
        '202': {$ref: '#/components/responses/Mine'}
components:
  responses:
    Mine: {description: Mine., headers: {location: {schema: {type: integer}}}, content: {text/plain: {}}}
"""
    post = made(said(tmp_path, text))["paths"]["/a"]["post"]
    mine = post["responses"]["202"]
    assert mine["description"] == "Mine."
    assert list(mine["content"]) == ["application/json"]
    assert mine["headers"]["location"] == {"schema": {"type": "integer"}}
    assert "Location" not in mine["headers"] and "Retry-After" in mine["headers"]
    assert [each["name"] for each in post["parameters"]][0] == "PREFER"
    assert "Prefer" not in [each["name"] for each in post["parameters"]]


def test_an_operation_that_declares_no_answer_answers_204(tmp_path: Path) -> None:
    spoken = "paths: {/a: {get: {}, post: {x-processing: async}}}\n"
    document = made(said(tmp_path, spoken))
    validate(document)
    assert "204" in document["paths"]["/a"]["get"]["responses"]
    assert "204" not in document["paths"]["/a"]["post"]["responses"]


def test_every_status_that_is_ours_is_declared(tmp_path: Path) -> None:
    document = made(said(tmp_path, ORDERS + SECURED))
    post = document["paths"]["/orders"]["post"]["responses"]
    assert set(post) == set("201 202 400 401 403 410 413 415 422 429 503".split())
    get = document["paths"]["/orders/{id}"]["get"]["responses"]
    assert set(get) == {"200", "400", "401", "403", "404", "422"}
    for answer in get.values():
        assert answer.get("$ref", "#/components/responses/").startswith(
            "#/components/responses/"
        )


def test_our_names_never_take_the_authors(tmp_path: Path) -> None:
    document = made(said(tmp_path, ORDERS + SECURED))
    assert document["components"]["schemas"]["Job"] == {"type": "string"}
    assert document["components"]["schemas"]["Job_2"]["type"] == "object"
    ids = [
        operation["operationId"]
        for item in document["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict)
    ]
    assert len(ids) == len(set(ids)) and {"getJob", "getJob_2"} < set(ids)


def test_our_paths_ask_for_any_way_in(tmp_path: Path) -> None:
    document = made(said(tmp_path, ORDERS + SECURED + HOOKS))
    for path in set(document["paths"]) - {"/orders", "/orders/{id}"}:
        for key, operation in document["paths"][path].items():
            if key != "parameters":
                assert operation["security"] == [{"key": []}], path


def test_paths_that_are_the_same_become_one(tmp_path: Path) -> None:
    parameter = "{name: %s, in: %s, required: true, schema: {type: string}}"
    by_id = ", ".join(parameter % pair for pair in (("id", "path"), ("id", "query")))
    by_kind = parameter % ("kind", "path")
    done = "responses: {'204': {description: Done.}}"
    paths = made(
        said(
            tmp_path,
            f"""
paths:
  /hooks/{{kind}}: {{parameters: [{by_kind}], post: {{{done}}}}}
  /hooks/{{id}}: {{parameters: [{by_id}], description: Hooks., delete: {{{done}}}}}
  /hooks: {{get: {{{done}}}}}
""",
        )
    )["paths"]
    item = paths["/hooks/{kind}"]
    assert list(paths) == ["/hooks/{kind}", "/hooks"]
    assert list(item) == ["post", "delete"] and "description" not in item["post"]
    spots = [(one["in"], one["name"]) for one in item["delete"]["parameters"]]
    assert spots == [("path", "kind"), ("query", "id")]
    assert item["delete"]["description"] == "Hooks."


def test_headers_that_are_no_parameters_are_not_asked_for(
    tmp_path: Path,
) -> None:
    header = "{name: %s, in: header, required: true, schema: {type: string}}"
    shared = f"{{parameters: [{header % 'HOST'}], get: {{parameters: [%s], %s}}}}"
    both = ", ".join(header % name for name in ("Accept", "X-Own"))
    done = "responses: {'204': {description: Done.}}"
    item = made(said(tmp_path, f"paths: {{/a: {shared % (both, done)}}}"))["paths"][
        "/a"
    ]
    assert item["parameters"] == []
    assert [one["name"] for one in item["get"]["parameters"]] == ["X-Own"]


def test_a_job_that_anybody_asked_for_is_there_for_anybody(tmp_path: Path) -> None:
    by_anybody = ORDERS.replace("x-processing", "security: []\n      x-processing")
    paths = made(said(tmp_path, by_anybody + SECURED))["paths"]
    assert paths["/jobs/{job_id}"]["get"]["security"] == [{}, {"key": []}]
    assert paths["/jobs/{job_id}/result"]["get"]["security"] == [{}, {"key": []}]
    assert paths["/jobs"]["get"]["security"] == [{"key": []}]


def test_without_security_only_the_admin_manages_webhooks(tmp_path: Path) -> None:
    document = made(said(tmp_path, ORDERS + HOOKS))
    assert document["paths"]["/jobs/{job_id}"]["get"]["security"] == []
    assert document["paths"]["/webhooks"]["post"]["security"] == [{"adminToken": []}]
    scheme = document["components"]["securitySchemes"]["adminToken"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")


def test_nothing_is_added_that_nothing_needs(tmp_path: Path) -> None:
    text = "paths: {/a: {get: {operationId: a, responses: {'200': {description: A.}}}}}"
    document = made(said(tmp_path, text))
    assert list(document["paths"]) == ["/a"]
    assert set(document["paths"]["/a"]["get"]["responses"]) == {"200", "400"}
    assert list(document["components"]) == ["responses", "schemas"]


def test_a_shared_path_item_is_not_changed_for_its_other_users(tmp_path: Path) -> None:
    text = """
paths:
  /a: {$ref: '#/components/pathItems/Item', summary: Mine}
components:
  pathItems: {Item: {post: {operationId: a, x-processing: async, responses: {'200': {description: A.}}}}}
"""
    document = made(said(tmp_path, text))
    shared = document["components"]["pathItems"]["Item"]["post"]["responses"]
    assert list(shared) == ["200"]
    item = document["paths"]["/a"]
    assert item["summary"] == "Mine" and "202" in item["post"]["responses"]
    assert "$ref" not in item


FILES = {
    "items": """
b:
  get:
    operationId: getB
    parameters: [{$ref: '#/Q'}]
    responses: {'200': {$ref: 'more.yaml#/responses/Ok'}}
Q: {name: q, in: query, schema: {$ref: 'more.yaml#/schemas/Node'}}
""",
    "more": """
responses: {Ok: {description: OK., content: {application/json: {schema: {$ref: '#/schemas/Pet'}}}}}
schemas:
  Node: {type: object, properties: {next: {$ref: '#/schemas/Node'}, $ref: {type: string}}}
  Pet:
    oneOf: [{$ref: '#/schemas/Cat'}, {$ref: 'api.yaml#/components/schemas/Dog'}]
    discriminator: {propertyName: kind, mapping: {cat: '#/schemas/Cat', dog: 'api.yaml#/components/schemas/Dog'}}
    example: {$ref: 'kept as it is'}
  Cat: {type: object, properties: {kind: {type: string}}}
key: {type: apiKey, in: header, name: X-Key}
""",
}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_many_files_become_one(tmp_path: Path, version: str) -> None:
    text = """
paths:
  /b: {$ref: 'items.yaml#/b'}
components:
  securitySchemes: {key: {$ref: 'more.yaml#/key'}}
  schemas:
    Dog: {type: object, properties: {kind: {type: string}}}
    Cat: {type: string}
    Tree: {$ref: 'more.yaml#/schemas/Node'}
"""
    found = said(tmp_path, text, version, **FILES)
    document: Any = bundled(found.documents)
    validate(document)
    schemas = document["components"]["schemas"]
    assert list(schemas) == ["Dog", "Cat", "Tree", "Pet", "Cat_2"]
    assert schemas["Tree"]["properties"]["next"] == {
        "$ref": "#/components/schemas/Tree"
    }
    assert schemas["Pet"]["discriminator"]["mapping"] == {
        "cat": "#/components/schemas/Cat_2",
        "dog": "#/components/schemas/Dog",
    }
    assert schemas["Pet"]["example"] == {"$ref": "kept as it is"}
    assert document["components"]["securitySchemes"]["key"]["name"] == "X-Key"
    assert document["paths"]["/b"]["get"]["operationId"] == "getB"
    assert all(ref.startswith("#/") for ref in refs(document) - {"kept as it is"})
    again: Any = bundled(found.documents)
    assert json.dumps(again) == json.dumps(document)
    validate(made(found))


def test_anchors_and_ids_become_pointers(tmp_path: Path) -> None:
    text = """
paths: {}
components:
  schemas:
    A: {$id: 'https://a.example/a', $defs: {inner: {$anchor: here, type: string}}, allOf: [{$ref: '#here'}]}
    B: {$ref: '#/components/schemas/A/$defs/inner'}
"""
    document: Any = bundled(said(tmp_path, text).documents)
    a = document["components"]["schemas"]["A"]
    assert "$id" not in a
    assert a["allOf"] == [{"$ref": "#/components/schemas/A/$defs/inner"}]


OTHER_WORDS = ("#/components/schemas/A%20b", "api.yaml#/components/schemas/A b")


@pytest.mark.parametrize("ref", OTHER_WORDS)
def test_a_reference_in_other_words_becomes_a_pointer(tmp_path: Path, ref: str) -> None:
    text = """
paths: {/a: {get: {responses: {'200': {description: A., content: {text/plain: {schema: {$ref: 'REF'}}}}}}}}
components: {schemas: {A b: {type: string}}}
"""
    found = said(tmp_path, text.replace("REF", ref))
    assert refs(bundled(found.documents)) == {"#/components/schemas/A b"}


def test_the_methods_of_3_2_are_extended_too(tmp_path: Path) -> None:
    operation = (
        "{operationId: %s, x-processing: async, responses: {'200': {description: A.}}}"
    )
    text = f"paths: {{/a: {{query: {operation % 'ask'}, additionalOperations: {{COPY: {operation % 'copy'}}}}}}}"
    item = made(said(tmp_path, text, "3.2.0"))["paths"]["/a"]
    assert "202" in item["query"]["responses"]
    assert "202" in item["additionalOperations"]["COPY"]["responses"]


def accepted(document: Any, base: str = "") -> bool:
    try:
        validate(document, base_uri=base)
    except Exception:
        return False
    return True


def test_the_corpus_stays_valid(capsys: pytest.CaptureFixture[str]) -> None:
    needs_corpus()
    outside, inside = [], 0
    for path in corpus():
        documents = load(path)
        api, _ = read(documents)
        document = effective(documents, api, our_paths(api)[0])
        assert json.loads(json.dumps(document)) == document
        if accepted(document):
            inside += 1
        else:
            assert not accepted(documents.root, path.absolute().as_uri()), path.name
            outside.append(path.name)
    with capsys.disabled():
        print(f"\n{inside} effective documents are valid; invalid before: {outside}")
    assert inside >= 50


def test_marking_the_corpus_async_keeps_it_valid(tmp_path: Path) -> None:
    """Every operation of every valid document, made asynchronous."""
    needs_corpus()
    inside = 0
    for path in corpus():
        documents = load(path)
        root: Any = copy.deepcopy(documents.root)
        if path.suffix != ".json" or not accepted(root):
            continue
        marked = tmp_path / path.name
        marked.write_text(json.dumps({**root, "x-processing": "async"}))
        again = load(marked)
        api, _ = read(again)
        validate(effective(again, api, our_paths(api)[0]))
        inside += bool(api.operations)
    assert inside >= 5


def test_the_document_and_the_runtime_have_the_same_routes(tmp_path: Path) -> None:
    from runtime.callback_secret_routes import callback_secret_routes
    from runtime.delivery_routes import delivery_routes
    from runtime.event_routes import event_routes
    from runtime.job_delivery_routes import job_delivery_routes
    from runtime.job_routes import job_routes
    from runtime.subscription_routes import subscription_routes

    routes = [
        *job_routes("", listed=True),
        *event_routes("", listed=True),
        *delivery_routes(""),
        *job_delivery_routes(""),
        *subscription_routes(["shipped"], ""),
        *callback_secret_routes(""),
    ]
    served = {
        (route.path, method)
        for route in routes
        for method in route.methods or ()
        if method != "HEAD"
    }
    document = made(said(tmp_path, ORDERS + SECURED + HOOKS))
    described = {
        (path, method.upper())
        for path, item in document["paths"].items()
        for method in item
        if method != "parameters" and not path.startswith("/orders")
    }
    assert described == served


def test_what_the_runtime_answers_fits_what_the_document_says(tmp_path: Path) -> None:
    from dataclasses import replace

    from jsonschema import Draft202012Validator
    from runtime import problem
    from runtime.deliveries import Attempt, DeliveryStatus
    from runtime.delivery_document import listing
    from runtime.delivery_records import DeliveryRecord
    from runtime.job_document import document as job_document
    from runtime.jobs import JobRecord
    from runtime.status import Status
    from runtime.subscription_access import subscription_document
    from runtime.subscriptions import Subscription

    document = made(said(tmp_path, ORDERS + HOOKS))

    def check(name: str, value: Any) -> None:
        schema = {**document, "$ref": f"#/components/schemas/{name}"}
        Draft202012Validator(schema).validate(json.loads(json.dumps(value)))

    job = JobRecord(
        number=1, id="j", operation="o", status=Status.QUEUED, owner=None, version=1
    )
    error = {"code": "c", "message": "m"}
    ended = replace(job, status=Status.FAILED, error=error, started=1.0, finished=2.0)
    check("Job", job_document(job, {"self": "https://a/b"}, 3))
    check("Job", job_document(ended, {}))
    tried = Attempt(
        number=1, started=1.0, duration=0.1, status=None, error="e", answer=b""
    )
    delivery = DeliveryRecord(
        id="d",
        event_id="e",
        event="shipped",
        owner=None,
        job_id=None,
        subscription_id=None,
        method="POST",
        url="https://a",
        status=next(iter(DeliveryStatus)),
        due=None,
        created=1.0,
        finished=None,
        error=None,
        attempts=(tried,),
    )
    check("Deliveries", listing([delivery]))
    hook = Subscription("w", None, "https://a", ("shipped",), "s", True, None, 1.0, 2.0)
    check("Webhook", subscription_document(hook))
    check("Webhook", subscription_document(replace(hook, events=None)))
    check("Problem", problem.document(404, detail="no"))


def test_a_stream_says_how_it_is_resumed_and_refused(tmp_path: Path) -> None:
    content = "{text/event-stream: {itemSchema: {type: string}}}"
    responses = f"{{'200': {{description: News., content: {content}}}}}"
    paths = f"paths: {{/news: {{get: {{operationId: news, responses: {responses}}}}}}}"
    operation = made(said(tmp_path, paths, "3.2.0"))["paths"]["/news"]["get"]
    assert [each["name"] for each in operation["parameters"]] == ["Last-Event-ID"]
    assert {"200", "204", "503"} <= set(operation["responses"])

"""What the service itself refuses is said as the errors that its document declares."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from client.building import importable

from generator.build import build, check
from generator.model import Json
from generator.render import draft

PROBLEM = "application/problem+json"
ERROR: dict[str, Json] = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {
        "code": {"type": "integer"},
        "message": {"type": "string"},
        "trace": {"type": "string"},
    },
}
ERRORS: dict[str, Json] = {
    "type": "object",
    "required": ["errors"],
    "properties": {
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "status": {"type": "string"},
                    "title": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        }
    },
}


def answer(name: str, media_type: str = "application/json") -> dict[str, Json]:
    schema: Json = {"$ref": f"#/components/schemas/{name}"}
    return {"description": name, "content": {media_type: {"schema": schema}}}


def body(name: str) -> Json:
    schema: Json = {"$ref": f"#/components/schemas/{name}"}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


DOCUMENT: dict[str, Json] = {
    "openapi": "3.1.0",
    "info": {"title": "Pets", "version": "1"},
    "paths": {
        "/pets": {
            "post": {
                "operationId": "addPet",
                "x-processing": "async",
                "requestBody": body("Pet"),
                "responses": {"201": answer("Pet"), "default": answer("Error")},
            },
            "get": {
                "operationId": "listPets",
                "parameters": [
                    {
                        "name": "limit",
                        "in": "query",
                        "schema": {"type": "integer", "maximum": 9},
                    }
                ],
                "responses": {
                    "200": answer("Pet"),
                    "422": answer("Errors", "application/vnd.api+json"),
                    "4XX": {"description": "Problems.", "content": {PROBLEM: {}}},
                    "default": answer("Error"),
                },
            },
        }
    },
    "components": {
        "schemas": {
            "Pet": {"type": "object", "properties": {"name": {"type": "string"}}},
            "Error": ERROR,
            "Errors": ERRORS,
        }
    },
}


@contextmanager
def served(folder: Path, name: str, more: str = "") -> Iterator[httpx2.Client]:
    """A caller of the built service; `more` are further methods of its handlers."""
    spec = folder / "pets.json"
    spec.write_text(json.dumps(DOCUMENT))
    project = folder / name
    build(spec, project).apply()
    with importable(project, "pets_service"), importable(project, "handlers"):
        import handlers  # type: ignore[import-not-found]
        from pets_service import (  # type: ignore[import-not-found]
            Settings,
            create_app,
            serving,
        )

        members: dict[str, Any] = {}
        exec(more, members)  # noqa: S102
        kind = type("Mine", (handlers.PetsHandlers,), members)
        settings = Settings(database_url=f"sqlite:///{folder}/jobs.db", port=0)
        with serving(create_app(kind(), settings)) as url:
            with httpx2.Client(base_url=url) as client:
                yield client


def test_a_refusal_is_the_error_that_is_declared_for_it(tmp_path: Path) -> None:
    with served(tmp_path, "plain") as client:
        refused = client.post("/pets", json={"name": 1})
        assert refused.status_code == 422
        assert refused.headers["content-type"] == "application/json"
        said = "The request is not valid: #/name: Input should be a valid string"
        assert refused.json() == {"code": 422, "message": said}
        broken = client.post(
            "/pets", content=b"{", headers={"Content-Type": "application/json"}
        )
        assert (broken.status_code, broken.json()["code"]) == (400, 400)
        text = client.post("/pets", content=b"", headers={"Content-Type": "text/plain"})
        assert (text.status_code, text.json()["code"]) == (415, 415)


def test_the_closest_declaration_counts(tmp_path: Path) -> None:
    with served(tmp_path, "closest") as client:
        refused = client.get("/pets", params={"limit": "10"})
        assert refused.headers["content-type"] == "application/vnd.api+json"
        (error,) = refused.json()["errors"]
        assert (error["status"], error["title"]) == ("422", "The request is not valid")
        assert error["detail"].startswith("The request is not valid: query limit: ")
        other = client.get("/pets", headers={"Host": "else where"})
        assert other.headers["content-type"] == PROBLEM


RAISING = """
async def list_pets(self, limit):
    raise LookupError("a secret")
"""


def test_what_nobody_expected_is_told_without_what_it_was(tmp_path: Path) -> None:
    with served(tmp_path, "raising", RAISING) as client:
        failed = client.get("/pets")
        assert failed.status_code == 500
        assert failed.json() == {"code": 500, "message": "Internal Server Error"}


@pytest.mark.parametrize("told", ["None", "{'code': 1}", "1 / 0"])
def test_what_is_no_error_is_a_problem(tmp_path: Path, told: str) -> None:
    method = f"def as_error(self, refusal): return {told}"
    with served(tmp_path, "none", method) as client:
        refused = client.post("/pets", json={"name": 1})
        assert refused.status_code == 422
        assert refused.headers["content-type"] == PROBLEM
        assert refused.json()["errors"][0]["pointer"] == "#/name"


def test_our_document_has_both(tmp_path: Path) -> None:
    spec = tmp_path / "pets.json"
    spec.write_text(json.dumps(DOCUMENT))
    build(spec, tmp_path / "pets").apply()
    document = json.loads((tmp_path / "pets/pets_service/openapi.json").read_text())
    declared = document["paths"]["/pets"]["post"]["responses"]
    assert list(declared["422"]["content"]) == ["application/json", PROBLEM]
    assert declared["422"]["description"].startswith("The request is not valid")
    assert list(declared["default"]["content"]) == ["application/json"]


def drafted(folder: Path, schema: Json, media_type: str = "application/json") -> str:
    """The line that says a refusal as an error of this schema; nothing without one."""
    schemas: dict[str, Json] = {"Error": schema}
    gets: Json = {
        "operationId": "get",
        "responses": {
            "204": {"description": "Done."},
            "default": answer("Error", media_type),
        },
    }
    spec = folder / "api.json"
    document: Json = {
        "openapi": "3.1.0",
        "info": {"title": "Api", "version": "1"},
        "paths": {"/": {"get": gets}},
        "components": {"schemas": schemas},
    }
    spec.write_text(json.dumps(document))
    files = {file.path: file for file in check(spec).plan.files}
    text = draft(files["handlers.py"]).text
    _, _, method = text.partition("def as_error(")
    return method.partition("return ")[2].strip()


def thing(required: str, **properties: Json) -> Json:
    return {
        "type": "object",
        "required": required.split(),
        "properties": properties,
        "additionalProperties": False,
    }


TEXT: Json = {"type": "string"}
WHOLE: Json = {"type": "integer"}


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (TEXT, "refusal.message"),
        (
            thing("code", code=TEXT, errorMessage=TEXT),
            "models.Error(code=refusal.title, error_message=refusal.message)",
        ),
        (
            thing("error", error=thing("message", message=TEXT, status=WHOLE)),
            "models.Error(error=models.ErrorError(message=refusal.message, status=refusal.status))",
        ),
        (
            thing("message trace", message=TEXT, trace=TEXT),
            'models.Error(message=refusal.message, trace="example")',
        ),
        (
            {"allOf": [thing("", message=TEXT), {"required": ["message"]}]},
            "models.Error(message=refusal.message)",
        ),
    ],
)
def test_a_draft_says_what_the_names_of_properties_tell(
    tmp_path: Path, schema: Json, said: str
) -> None:
    assert drafted(tmp_path, schema) == said


@pytest.mark.parametrize(
    "schema",
    [
        thing("", code=WHOLE),
        thing("", size=TEXT),
        thing("", message={"type": "string", "maxLength": 10}),
        thing("", message={"type": "string", "enum": ["no"]}),
        thing("", message={"type": "string", "format": "date"}),
        {"type": "object", "additionalProperties": TEXT},
        {},
    ],
)
def test_nothing_is_drafted_that_would_tell_nothing(
    tmp_path: Path, schema: Json
) -> None:
    assert drafted(tmp_path, schema) == ""


def test_a_problem_stays_one_where_it_is_what_is_declared(tmp_path: Path) -> None:
    own = thing("type", type=TEXT, title=TEXT)
    assert isinstance(own, dict)
    assert drafted(tmp_path, {**own, "additionalProperties": True}, PROBLEM) == ""
    assert "refusal.title" in drafted(tmp_path, own, PROBLEM)


def test_no_operation_hides_what_several_share(tmp_path: Path) -> None:
    paths: dict[str, Json] = {
        f"/{name}": {
            "post": {
                "operationId": name,
                "x-processing": "async",
                "requestBody": body("Error"),
                "responses": {"200": answer("Error"), "default": answer("Error")},
                "security": [{"staff": []}],
            }
        }
        for name in ("errors", "errors2", "needsStaff", "asError")
    }
    scheme: Json = {"type": "http", "scheme": "bearer"}
    components: Json = {
        "schemas": {"Error": ERROR},
        "securitySchemes": {"staff": scheme},
    }
    spec = tmp_path / "pets.json"
    spec.write_text(json.dumps({**DOCUMENT, "paths": paths, "components": components}))
    build(spec, tmp_path / "made").apply()
    with importable(tmp_path / "made", "pets_service"):
        from pets_service.routes import (  # type: ignore[import-not-found]
            ASYNC_OPERATIONS,
            ERRORS,
            NEEDS_STAFF,
        )

        assert list(ERRORS) == ["default"]
        assert ERRORS["default"].method == "as_error_2"
        assert all(one.security == NEEDS_STAFF for one in ASYNC_OPERATIONS)

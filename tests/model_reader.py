"""Schemas as adapters of the models that are made of them, for tests."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from generator.model import Json
from generator.python import Import
from generator.targets.directions import Direction
from generator.targets.expressions import Annotation
from generator.targets.forms import Side
from generator.targets.models import Models
from tests.rendered import api_of, module_of

REFS: Json = [
    {"$ref": "#/components/schemas/Cat"},
    {"$ref": "#/components/schemas/Dog"},
]


def adapter(module: ModuleType, annotation: Annotation) -> TypeAdapter[Any]:
    return TypeAdapter(evaluated(module, annotation))


def evaluated(module: ModuleType, annotation: Annotation) -> Any:
    scope: dict[str, Any] = {"models": module}
    for one in annotation.imports - {Import(".", "models")}:
        name = one.module.lstrip(".")
        __import__(name)
        scope[one.name] = getattr(sys.modules[name], one.name)
    return eval(annotation.text, scope)  # noqa: S307


class Reader:
    """Component schemas as adapters, read as a request on the service (or as a response on the client)."""

    def __init__(
        self, folder: Path, schemas: dict[str, Json], side: Side = "service"
    ) -> None:
        bodies: dict[str, Json] = {}
        for name in schemas:
            content: Json = {
                "application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}
            }
            answer: Json = {"204": {"description": ""}}
            if side == "client":
                answer = {"200": {"description": "", "content": content}}
                bodies[f"/{name}"] = {
                    "get": {"operationId": f"use{name}", "responses": answer}
                }
            else:
                body: Json = {"content": content}
                bodies[f"/{name}"] = {
                    "post": {"requestBody": body, "responses": answer}
                }
        self.api = api_of(
            folder,
            {
                "openapi": "3.1.0",
                "info": {"title": "T", "version": "1"},
                "paths": bodies,
                "components": {"schemas": schemas},
            },
        )
        self.models = Models(self.api, side)
        self.direction: Direction = "in" if side == "service" else "out"
        self.module = module_of(self.models)
        self.by_name = {
            schema.name or "": schema for schema in self.api.schemas.values()
        }

    def adapter(self, name: str) -> TypeAdapter[Any]:
        found = self.models.annotation(self.by_name[name], name, self.direction)
        return adapter(self.module, found)

    def read(self, name: str, value: Json) -> Any:
        return self.adapter(name).validate_json(
            json.dumps(value), strict=True, by_alias=True, by_name=False
        )

    def accepts(self, name: str, value: Json) -> bool:
        try:
            self.read(name, value)
        except ValidationError:
            return False
        return True

    def again(self, name: str, value: Json) -> Json:
        """The value read and written again."""
        made = self.adapter(name).dump_json(self.read(name, value), by_alias=True)
        result: Json = json.loads(made)
        return result

    def errors(self, name: str, value: Json) -> list[tuple[tuple[int | str, ...], str]]:
        with pytest.raises(ValidationError) as caught:
            self.read(name, value)
        return [(error["loc"], error["msg"]) for error in caught.value.errors()]


def one(folder: Path, schema: Any, side: Side = "service") -> Reader:
    return Reader(folder, {"Thing": schema}, side)


def thing(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties)}


def both_ways(tmp_path: Path, name: str, schemas: dict[str, Json]) -> Models:
    """The models of an operation that is sent a schema and answers it."""
    content: Json = {
        "application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}
    }
    document: dict[str, Json] = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {
            "/users": {
                "post": {
                    "requestBody": {"content": content},
                    "responses": {"201": {"description": "", "content": content}},
                }
            }
        },
        "components": {"schemas": schemas},
    }
    return Models(api_of(tmp_path, document))

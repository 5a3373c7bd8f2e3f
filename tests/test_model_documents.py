"""Every real document's models work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel, TypeAdapter
from typing_extensions import TypeAliasType

from generator.load import load
from generator.model import Api, Json, MediaType, Operation
from generator.problems import Refused
from generator.read.openapi import read
from generator.targets.directions import Direction
from generator.targets.expressions import Annotation
from generator.targets.forms import Side
from generator.targets.models import Models
from tests.model_reader import adapter, evaluated
from tests.rendered import module_of, source_of

CORPUS = Path(
    os.environ.get(
        "GEN_CORPUS", Path(__file__).parent.parent.parent / "shared" / "corpus"
    )
)
needs_corpus = pytest.mark.skipif(
    not (CORPUS / "openapi").is_dir(),
    reason=f"NO CORPUS: {CORPUS} is absent; set GEN_CORPUS",
)


def documents() -> list[Path]:
    if not (CORPUS / "openapi").is_dir():
        return []
    found = sorted((CORPUS / "openapi").iterdir())
    entries = [sorted(p.rglob("*.yaml"))[0] if p.is_dir() else p for p in found]
    return [path for path in entries if path.suffix in (".yaml", ".json")]


def readable(path: Path) -> Api:
    try:
        return read(load(path))[0]
    except Refused:
        pytest.skip(f"{path.name} is no document that can be read")


@needs_corpus
@pytest.mark.parametrize("side", ["service", "client"])
@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_every_models_module_builds(path: Path, side: Side) -> None:
    module = module_of(Models(readable(path), side))
    for found in list(vars(module).values()):
        if (
            isinstance(found, type)
            and issubclass(found, BaseModel)
            and found.__module__ == module.__name__
        ):
            found.model_rebuild(force=True)
        elif isinstance(found, TypeAliasType) and found.__module__ == module.__name__:
            TypeAdapter(found).rebuild(force=True)


def contents(operation: Operation) -> Iterator[tuple[MediaType, Direction]]:
    if operation.body is not None:
        yield from ((content, "in") for content in operation.body.contents)
    for response in operation.responses:
        yield from ((content, "out") for content in response.contents)


@needs_corpus
@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_every_example_is_valid_and_can_be_constructed(path: Path) -> None:
    api = readable(path)
    models = Models(api)
    made: list[tuple[Annotation, Annotation, Json]] = []
    for operation in api.operations:
        for content, direction in contents(operation):
            if content.schema is None or not models.is_valid(
                content.schema, models.example(content.schema)
            ):
                continue
            value = models.example(content.schema, content.examples, direction)
            made.append(
                (
                    models.annotation(content.schema, "Value", direction),
                    models.construct(content.schema, value, "Value", direction),
                    value,
                )
            )
    module = module_of(models)
    for annotation, construction, value in made:
        reader = adapter(module, annotation)
        if annotation.text == "bytes":
            continue
        read_value = reader.validate_json(
            json.dumps(value), strict=True, by_alias=True, by_name=False
        )
        constructed = evaluated(module, construction)
        reader.validate_python(constructed)
        assert reader.dump_json(constructed, by_alias=True) == reader.dump_json(
            read_value, by_alias=True
        )


@needs_corpus
def test_most_schemas_have_a_valid_example() -> None:
    total = good = 0
    for path in documents():
        try:
            api = read(load(path))[0]
        except Refused:
            continue
        models = Models(api)
        for schema in api.schemas.values():
            total += 1
            good += models.is_valid(schema, models.example(schema))
    print(f"{good} of {total} schemas")
    assert good >= total * 0.97


@needs_corpus
@pytest.mark.slow
def test_mypy_finds_nothing_in_any_models_module(tmp_path: Path) -> None:
    package = tmp_path / "emitted"
    package.mkdir()
    runtime = Path(__file__).parent.parent / "templates" / "runtime"
    (package / "__init__.py").write_text("")
    (package / "runtime").mkdir()
    for name in (
        "__init__",
        "model",
        "schema",
        "rules",
        "alternatives",
        "constraints",
        "formats",
        "spelling",
    ):
        (package / "runtime" / f"{name}.py").write_text(
            (runtime / f"{name}.py").read_text()
        )
    for path in documents():
        try:
            api = read(load(path))[0]
        except Refused:
            continue
        for side in ("service", "client"):
            name = "".join(c if c.isalnum() else "_" for c in f"m_{path.stem}_{side}")
            (package / f"{name}.py").write_text(source_of(Models(api, side)))
    result = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "-p", "emitted"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout

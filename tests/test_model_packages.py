"""The models of an API that has many: a package that loads what it is asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner
from pydantic import TypeAdapter

from generator.cli import main
from generator.model import Json
from generator.targets.modules import MANY

OPERATION: Json = {
    "operationId": "readBox",
    "responses": {
        "200": {
            "description": "A box.",
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/Box"}}
            },
        }
    },
}
LOADED = """
import sys
from big_client import models
models.{name}
print(sorted(name[18:] for name in sys.modules if name.startswith("big_client.models.")))
"""
BUILT = """
import pickle
from importlib import import_module
from pydantic import BaseModel, TypeAdapter
from typing_extensions import TypeAliasType

for side in ("client", "service"):
    models = import_module(f"big_{side}.models")
    for name in models.__all__:
        found = getattr(models, name)
        if isinstance(found, TypeAliasType):
            TypeAdapter(found).rebuild(force=True)
        elif isinstance(found, type) and issubclass(found, BaseModel):
            found.model_rebuild(force=True)
    text = '{"items": [{"next": {"of": {}}}], "pet": {"kind": "cat", "lives": 9}}'
    box = models.Box.model_validate_json(text)
    assert type(box.pet) is models.Cat
    assert type(box.items[0].next.of) is models.Box
    assert pickle.loads(pickle.dumps(box)) == box
print(len(models.__all__))
"""
USED = """
from big_client import models
from big_client.models import Box, Chain


def next_of(box: Box) -> models.Chain:
    made: Chain = models.Chain(next=models.Loop(of=box))
    return made


models.Bx
"""


def reference(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def document(many: int) -> Json:
    """A circle, a union, an alias, a rule and an extension, among so many plain classes."""
    plain = entity(name={"type": "string"})
    cat, dog = (
        entity(kind={"const": one}, lives={"type": "integer"}) for one in ("cat", "dog")
    )
    schemas: dict[str, Json] = {
        "Box": entity(
            items={"type": "array", "items": reference("Chain")}, pet=reference("Pet")
        ),
        "Chain": entity(next=reference("Loop")),
        "Loop": entity(of=reference("Box"), plain=reference("Plain000")),
        "Pet": {
            "oneOf": [reference("Cat"), reference("Dog")],
            "discriminator": {"propertyName": "kind"},
        },
        "Cat": cat,
        "Dog": dog,
        "Wide": {"allOf": [reference("Plain000"), entity(width={"type": "integer"})]},
        "NoCat": {"type": "object", "not": reference("Cat")},
        "Anything": reference("Box"),
        **{f"Plain{number:03}": plain for number in range(many)},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Big", "version": "1"},
        "paths": {"/box": {"get": OPERATION}},
        "components": {"schemas": schemas},
    }


def entity(**properties: Json) -> Json:
    return {"type": "object", "properties": properties}


def build(folder: Path, many: int) -> list[str]:
    """Build the document into the folder's project; the lines said."""
    spec = folder / "big.json"
    spec.write_text(json.dumps(document(many)))
    result = CliRunner().invoke(main, ["build", str(spec), "-o", str(folder / "big")])
    assert result.exit_code == 0, result.output
    return [line.replace(f"{folder}/", "") for line in result.output.splitlines()]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packages")
    build(folder, MANY)
    return folder / "big"


def said(code: str, project: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=project,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def models_of(project: Path) -> set[str]:
    return {path.name for path in (project / "big_client").glob("models*")}


def test_an_api_that_grows_or_shrinks_leaves_no_models_behind(tmp_path: Path) -> None:
    build(tmp_path, 5)
    assert models_of(tmp_path / "big") == {"models.py"}
    lines = build(tmp_path, MANY)
    assert sum(line.endswith("_client/models.py") for line in lines) == 1
    assert models_of(tmp_path / "big") == {"models"}
    build(tmp_path, 5)
    assert models_of(tmp_path / "big") == {"models.py"}


@pytest.mark.parametrize(
    ("name", "modules"),
    [
        ("Plain099", ["_plain093"]),
        ("NoCat", ["_cat", "_schemas"]),
        ("Wide", ["_cat", "_pet", "_schemas"]),
        ("Chain", ["_box", "_cat", "_pet", "_schemas"]),
        ("SCHEMAS", ["_schemas"]),
    ],
)
def test_one_model_loads_only_what_it_refers_to(
    name: str, modules: list[str], project: Path
) -> None:
    assert said(LOADED.format(name=name), project) == repr(modules)


def test_every_model_of_a_package_can_be_built_and_used(project: Path) -> None:
    assert int(said(BUILT, project)) > MANY


def test_a_name_that_no_model_has_is_an_attribute_error(project: Path) -> None:
    code = """
from big_service import models
try:
    models.Bx
except AttributeError as error:
    print(error, "Box" in dir(models))
"""
    expected = "module 'big_service.models' has no attribute 'Bx' True"
    assert said(code, project) == expected


def test_types_are_known_to_a_checker_and_no_other_names_are(
    project: Path, tmp_path: Path
) -> None:
    (tmp_path / "used.py").write_text(USED)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", str(tmp_path / "used.py")],
        cwd=project,
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines()[:-1] == [
        f'{tmp_path / "used.py"}:11: error: Module has no attribute "Bx"; maybe "Box"?  [attr-defined]'
    ]


def test_models_that_refer_to_each_other_by_the_hundred_can_be_built() -> None:
    module = ModuleType("chain")
    sys.modules["chain"] = module
    count = 400
    classes = (
        f"class A{n}(Model):\n    next: A{(n + 1) % count} | None = None\n"
        for n in range(count)
    )
    text = "from __future__ import annotations\nfrom runtime.model import Model\n"
    try:
        exec(compile(text + "".join(classes), "chain", "exec"), module.__dict__)
        first = TypeAdapter(module.A0).validate_json(b'{"next": {"next": null}}')
        assert first == module.A0(next=module.A1(next=None))
        module.A200.model_rebuild(force=True)
    finally:
        del sys.modules["chain"]


def test_models_that_lead_to_each_other_by_the_hundred_can_be_loaded(
    tmp_path: Path,
) -> None:
    count = 400
    schemas: Json = {
        f"Chain{n}": {
            "type": "object",
            "properties": {"next": {"$ref": f"#/components/schemas/Chain{n + 1}"}},
        }
        for n in range(count)
    }
    schemas[f"Chain{count}"] = {"type": "object", "properties": {}}
    schemas["Box"] = {"$ref": "#/components/schemas/Chain0"}
    document: Json = {
        "openapi": "3.1.0",
        "info": {"title": "Big", "version": "1"},
        "paths": {"/box": {"get": OPERATION}},
        "components": {"schemas": schemas},
    }
    spec = tmp_path / "big.json"
    spec.write_text(json.dumps(document))
    ended = CliRunner().invoke(main, ["build", str(spec), "-o", str(tmp_path / "big")])
    assert ended.exit_code == 0, ended.output
    for side in ("client", "service"):
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                f"from big_{side} import models; models.Chain0.model_validate_json('{{}}')",
            ],
            cwd=tmp_path / "big",
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, "")

"""The finished projects under generated-examples: one for each document, whole, tested, and running."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from click.testing import CliRunner
from pydantic import BaseModel, TypeAdapter
from typing_extensions import TypeAliasType

from generator.cli import main
from generator.python import snake

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "generated-examples"
NAMES = sorted(path.stem for path in (ROOT / "specs").glob("*.yaml"))
PROJECTS = [name for name in NAMES if not name.endswith("-http")]
"""`X-http.yaml` is the half of X that OpenAPI describes."""
METHODS = {"get", "put", "post", "delete", "patch", "head", "options", "trace", "query"}


def projects() -> Any:
    return pytest.mark.parametrize("name", PROJECTS)


def specs(name: str) -> list[str]:
    """The documents of a project."""
    halves = (f"specs/{name}-http.yaml", f"specs/{name}.yaml")
    return [half for half in halves if (ROOT / half).exists()]


def operations(name: str) -> list[str]:
    """The names that the operations of the project's documents have in Python."""
    found = []
    for spec in specs(name):
        document = yaml.load((ROOT / spec).read_text(), yaml.CSafeLoader)
        found += document.get("operations", {})
        found += [
            operation["operationId"]
            for item in document.get("paths", {}).values()
            for method, operation in item.items()
            if method in METHODS
        ]
    return [snake(name) for name in found]


def suite_of(example: Path) -> ast.Module:
    """Every test file of a project, as one."""
    texts = [path.read_text() for path in sorted(example.glob("tests/*.py"))]
    return ast.Module([node for text in texts for node in ast.parse(text).body], [])


def asserting(tests: ast.Module) -> list[ast.FunctionDef]:
    """The tests that assert something."""
    return [
        node
        for node in tests.body
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and any(isinstance(inner, ast.Assert) for inner in ast.walk(node))
    ]


def called(tests: ast.AST) -> set[str]:
    """The names of the methods that are called."""
    return {
        node.func.attr
        for node in ast.walk(tests)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }


def test_every_document_has_its_example() -> None:
    assert PROJECTS == sorted(one.name for one in EXAMPLES.iterdir())


@projects()
def test_an_example_is_what_its_document_says(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    given = [*specs(name), "-o", f"generated-examples/{name}", "--check"]
    result = CliRunner().invoke(main, ["build", *given])
    assert (result.exit_code, result.stdout) == (0, "")


@projects()
def test_every_operation_has_a_test_of_its_outcome(name: str) -> None:
    suite = suite_of(EXAMPLES / name)
    assert operations(name)
    for operation in operations(name):
        assert operation in called(suite)
        assert any(
            test.name.startswith(f"test_{operation}") or operation in called(test)
            for test in asserting(suite)
        ), operation


@projects()
@pytest.mark.parametrize("side", ["service", "client"])
def test_every_model_can_be_built(
    name: str, side: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(EXAMPLES / name)
    module = import_module(f"{name}_{side}.models")
    mine = [
        found
        for found in vars(module).values()
        if getattr(found, "__module__", "") == module.__name__
    ]
    assert mine
    for found in mine:
        if isinstance(found, TypeAliasType):
            TypeAdapter(found).rebuild(force=True)
        elif issubclass(found, BaseModel):
            found.model_rebuild(force=True)


@contextmanager
def program(mode: str, database: Path) -> Iterator[subprocess.Popen[str]]:
    """`python app.py MODE` of the orders example, its first line still to be read."""
    given = {
        "PORT": "0",
        "DATABASE_URL": f"sqlite:///{database}",
        "PARTNER_KEY": "key",
        "STAFF_TOKEN": "token",
    }
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "app.py", mode],
        cwd=EXAMPLES / "orders",
        env={**os.environ, **given},
        stdout=subprocess.PIPE,
        text=True,
    )
    too_long = threading.Timer(60, process.kill)
    too_long.start()
    try:
        yield process
    finally:
        too_long.cancel()
        process.kill()
        process.communicate()


def banner(process: subprocess.Popen[str]) -> list[str]:
    """What the program says that it is."""
    assert process.stdout is not None
    return process.stdout.readline().strip().split("   ")


def test_requests_and_jobs_can_be_the_work_of_two_processes(tmp_path: Path) -> None:
    database = tmp_path / "orders.db"
    with program("api", database) as api:
        title, url, *facts = banner(api)
        assert title == "Orders 1.0.0" and "4 workers" not in facts
        with httpx2.Client(base_url=url, headers={"x-api-key": "key"}) as http:
            job = http.post("/orders", json={"item": "lamp", "quantity": 2}).json()
            status = http.get(job["links"]["self"], headers={"Prefer": "wait=1"})
            assert status.json()["status"] == "queued"
            with program("worker", database) as worker:
                assert banner(worker)[:2] == ["Orders 1.0.0", "worker"]
                ended = ended_of(http, status.json())
                assert ended["status"] == "succeeded"
                worker.send_signal(signal.SIGTERM)
                assert worker.wait(30) == 0
            result = http.get(job["links"]["result"])
            assert (result.status_code, result.json()["item"]) == (201, "lamp")
            api.send_signal(signal.SIGTERM)
            assert api.wait(30) == 0


def ended_of(http: httpx2.Client, job: dict[str, Any]) -> dict[str, Any]:
    """The job once it has ended, by long polling."""
    while not job["done"]:
        known = {"wait": "10", "version": str(job["version"])}
        answer = http.get(job["links"]["self"], params=known, timeout=30)
        job = answer.json() if answer.status_code == 200 else job
    return job

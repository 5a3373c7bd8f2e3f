"""Every AsyncAPI document of the corpus is built; what is built compiles, is typed, and passes its own tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator.build import build, check
from generator.problems import Refused

CORPUS = Path(os.environ.get("GEN_CORPUS", "../shared/corpus")) / "asyncapi"
INVALID = {"cli-invalid": ["missing-field"]}
"""Documents that are none: the errors that they are refused with."""
PATIENCE = 600
"""Seconds that a tool may take on one project."""


def corpus() -> list[Path]:
    """The entry file of every document of the corpus; none where there is no corpus."""
    files = [*CORPUS.glob("*.yaml"), *CORPUS.glob("*.json")]
    return sorted([*files, *CORPUS.glob("*/*/asyncapi.yaml")])


def name_of(path: Path) -> str:
    """The name of a document: the folder's of one that has several files."""
    return path.stem if path.parent == CORPUS else path.parent.parent.name


VALID = [path for path in corpus() if name_of(path) not in INVALID]
REFUSED = [path for path in corpus() if name_of(path) in INVALID]


def test_there_is_a_corpus() -> None:
    if not CORPUS.is_dir():
        pytest.skip(f"NO CORPUS at {CORPUS.absolute()}: set GEN_CORPUS")
    assert len(VALID) > 50


@pytest.mark.parametrize("path", VALID, ids=name_of)
def test_a_document_is_built_into_source_that_compiles(
    path: Path, tmp_path: Path
) -> None:
    build(path, tmp_path / "project").apply()
    sources = list((tmp_path / "project").rglob("*.py"))
    for source in sources:
        compile(source.read_text(), source.name, "exec", dont_inherit=True)
    assert any(source.name == "application.py" for source in sources)


@pytest.mark.parametrize("path", VALID, ids=name_of)
def test_every_operation_has_a_handler_or_a_publisher(path: Path) -> None:
    checked = check(path)
    stubs = set(checked.plan.stubs)
    received = {e.id for e in checked.api.exchanges if e.action == "receive"}
    assert received <= stubs
    views = {file.path.rpartition("/")[2]: file.view for file in checked.plan.files}
    sent = [e for e in checked.api.exchanges if e.action == "send"]
    publishers = views.get("publishers.py")
    assert len(getattr(publishers, "publishers", ())) == len(sent)


@pytest.mark.parametrize("path", REFUSED, ids=name_of)
def test_a_document_that_is_none_is_refused_with_its_place(path: Path) -> None:
    with pytest.raises(Refused) as refused:
        check(path)
    errors = [one for one in refused.value.problems if one.severity == "error"]
    assert [one.code for one in errors] == INVALID[name_of(path)]
    assert all(one.at for one in errors)


@pytest.mark.slow
@pytest.mark.parametrize("path", VALID, ids=name_of)
def test_what_is_built_is_typed_and_passes_its_own_tests(
    path: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    project = tmp_path / "project"
    build(path, project).apply()
    cache = tmp_path_factory.getbasetemp() / "mypy"
    ran("mypy", "--strict", "--cache-dir", str(cache), ".", folder=project)
    if any((project / "tests").glob("test_*.py")):
        ran("pytest", "-q", "-p", "no:cacheprovider", folder=project)


def ran(module: str, *arguments: str, folder: Path) -> None:
    """Runs a tool in the project; what it says is shown when it fails."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE
    )
    # A document without operations has tests for none: pytest tells of that with 5.
    assert done.returncode in (0, 5), done.stdout[-4000:] + done.stderr[-2000:]

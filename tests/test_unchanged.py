"""A build with nothing to do reads no document, and says and refuses what the last one would."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from generator.build import build
from generator.cli import main

ROOT = Path(__file__).parent.parent
DOCUMENT = """\
openapi: 3.1.0
info: {title: Small, version: "1"}
paths:
  /things:
    get:
      operationId: listThings
      responses:
        "200":
          description: All.
          content:
            application/json: {schema: {$ref: "parts/thing.yaml"}}
"""
THING = "type: object\nproperties: {size: {type: integer, default: large}}\n"


def gen(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A document that refers to another one, and is warned about; the user stands beside it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/thing.yaml").write_text(THING)
    (tmp_path / "small.yaml").write_text(DOCUMENT)
    return Path("small.yaml")


def is_read(spec: Path, folder: Path | None = None) -> bool:
    return build(spec, folder).checked is not None


def test_nothing_is_read_where_nothing_changed(spec: Path) -> None:
    gen("build", spec)
    assert not is_read(spec)
    assert not is_read(spec, Path("small"))


def test_a_folder_of_another_name_is_found_only_when_it_is_named(spec: Path) -> None:
    gen("build", spec, "-o", "other")
    assert is_read(spec)
    assert not is_read(spec, Path("other"))


def stamped(name: str, value: object) -> Callable[[], None]:
    def change() -> None:
        path = Path("small/.gen.json")
        manifest = json.loads(path.read_text())
        manifest["stamp"][name] = value
        path.write_text(json.dumps(manifest))

    return change


def unstamped(path: Path) -> None:
    manifest = json.loads(path.read_text())
    del manifest["stamp"]
    path.write_text(json.dumps(manifest))


CHANGES: dict[str, Callable[[], object]] = {
    "the document": lambda: Path("small.yaml").write_text(DOCUMENT + "tags: []\n"),
    "a document it refers to": lambda: Path("parts/thing.yaml").write_text("{}\n"),
    "the generator": stamped("tool", "another"),
    "which document is built": stamped("specs", ["../parts/thing.yaml"]),
    "a generated file is gone": Path("small/REFERENCE.md").unlink,
    "a generated file is no text": lambda: Path("small/REFERENCE.md").write_bytes(
        b"\xff"
    ),
    "the manifest is older": lambda: unstamped(Path("small/.gen.json")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen(change: str, spec: Path) -> None:
    gen("build", spec)
    CHANGES[change]()
    assert build(spec, force=True).checked is not None
    assert gen("build", spec, "--force").exit_code == 0
    assert not is_read(spec)


def test_what_was_said_is_said_again(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = gen("build", spec)
    assert "parts/thing.yaml:2:" in first.stderr and "unfit-default" in first.stderr
    assert not is_read(spec)
    assert gen("build", spec).stderr == first.stderr
    monkeypatch.chdir("parts")
    elsewhere = gen("build", "../small.yaml", "-o", "../small")
    assert elsewhere.stderr == first.stderr.replace("parts/thing", "thing")


def test_strictness_refuses_what_was_built_without(spec: Path) -> None:
    gen("build", spec)
    strict = gen("build", spec, "--strict")
    assert strict.exit_code == 1 and "unfit-default" in strict.stderr
    shutil.rmtree("small")
    assert gen("build", spec, "--strict").stderr == strict.stderr


def test_an_edited_file_is_still_in_the_way(spec: Path) -> None:
    gen("build", spec)
    with Path("small/REFERENCE.md").open("a") as file:
        file.write("mine\n")
    result = gen("build", spec)
    assert result.exit_code == 1 and "REFERENCE.md" in result.stderr


def test_drift_is_told(spec: Path) -> None:
    gen("build", spec)
    same = gen("build", spec, "--check")
    assert (same.exit_code, same.stdout) == (0, "")
    Path("parts/thing.yaml").write_text(THING.replace("size", "length"))
    other = gen("build", spec, "--check")
    assert other.exit_code == 1 and "length" in other.stdout


def test_a_text_of_the_manifest_cannot_speak_to_the_terminal(spec: Path) -> None:
    gen("build", spec)
    stamped("told", [["", "\x1b[31m"]])()
    assert "\x1b" not in gen("build", spec).output

"""The whole tool, as people and CI run it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from generator.cli import main

ROOT = Path(__file__).parent.parent
HELLO = ROOT / "specs/hello.yaml"


def gen(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of hello.yaml in the folder where the user stands."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copy(HELLO, tmp_path / "hello.yaml")).relative_to(tmp_path)


def change(spec: Path, old: str, new: str) -> None:
    text = spec.read_text()
    assert old in text
    spec.write_text(text.replace(old, new, 1))


def test_the_first_build_says_what_it_made_and_how_to_start_it(spec: Path) -> None:
    lines = gen("build", spec).output.splitlines()
    files = len(tree(Path("hello"))) - 1  # the manifest is not one of them
    assert lines[0] == "  create  hello/app.py"
    assert lines[-2] == f"{files} files: {files} created, 5 of them yours"
    assert lines[-1] == (
        "Start it:  cd hello && pip install -e '.[service]' && python app.py"
    )


def test_a_second_build_changes_nothing_and_says_so_in_one_line(spec: Path) -> None:
    gen("build", spec)
    before = tree(Path("hello"))
    result = gen("build", spec)
    assert result.exit_code == 0
    assert result.output.count("\n") == 1
    assert result.output.endswith(" the same, 5 yours\n")
    assert tree(Path("hello")) == before


def test_check_is_quiet_on_a_clean_tree_and_fails_after_one_character(
    spec: Path,
) -> None:
    gen("build", spec)
    assert gen("build", spec, "--check").exit_code == 0
    before = tree(Path("hello"))
    change(spec, "Ada", "Eda")
    result = gen("build", spec, "--check")
    assert result.exit_code == 1
    assert "+" in result.output and "hello/" not in result.output.splitlines()[-1]
    assert tree(Path("hello")) == before


def test_a_dry_run_writes_nothing(spec: Path) -> None:
    result = gen("build", spec, "--dry-run")
    assert "  create  hello/app.py" in result.output
    assert "Start it" not in result.output
    assert not Path("hello").exists()


def test_what_you_moved_elsewhere_is_not_written_again(spec: Path) -> None:
    gen("build", spec)
    Path("hello/handlers").mkdir()
    Path("hello/handlers.py").rename("hello/handlers/__init__.py")
    Path("hello/README.md").unlink()
    before = tree(Path("hello"))
    assert "  create" not in gen("build", spec).output
    change(spec, "createGreeting", "greet")
    assert "  create" not in gen("build", spec).output
    assert gen("build", spec, "--check").exit_code == 0
    after = tree(Path("hello"))
    assert after.keys() == before.keys()
    assert after["handlers/__init__.py"] == before["handlers/__init__.py"]


def test_another_title_is_another_name_and_the_old_one_can_be_kept(spec: Path) -> None:
    gen("build", spec, "-o", "here")
    before = tree(Path("here"))
    change(spec, "title: Hello", "title: Good day")
    told = gen("build", spec, "-o", "here").output.splitlines()[-4:]
    assert told == [
        "The packages are called good_day_* now; they were hello_*.",
        "These of yours say the old name: "
        "here/README.md, here/app.py, here/handlers.py, here/pyproject.toml, here/tests/test_hello.py",
        "Without DATABASE_URL the data are now in good_day.db, not in hello.db.",
        "To keep the old name, add to info:  x-python-name: hello",
    ]
    assert not Path("here/tests/test_good_day.py").exists()
    change(spec, "title: Good day", "title: Good day\n  x-python-name: hello")
    gen("build", spec, "-o", "here")
    assert tree(Path("here")).keys() == before.keys()
    assert tree(Path("here"))["app.py"] == before["app.py"]
    assert b"Good day" in tree(Path("here"))["REFERENCE.md"]


def test_a_project_of_the_same_document_under_another_title_is_named(
    spec: Path,
) -> None:
    gen("build", spec)
    change(spec, "title: Hello", "title: Good day")
    told = "hello is a project of the same document, under another title: -o hello goes on with it."
    assert gen("build", spec, "--dry-run").output.splitlines()[-1] == told
    gen("build", spec, "-o", "hello")
    assert told not in gen("build", spec, "-o", "good_day").output


def test_the_folder_can_be_chosen(spec: Path) -> None:
    assert gen("build", spec, "-o", "made/here").exit_code == 0
    assert Path("made/here/app.py").exists()


def test_a_new_operation_prints_its_stub_and_leaves_the_handlers(spec: Path) -> None:
    gen("build", spec)
    mine = Path("hello/handlers.py").read_text()
    change(
        spec,
        "  /languages:\n    get:\n      operationId: listLanguages",
        "  /languages:\n"
        "    delete:\n"
        "      operationId: forgetLanguages\n"
        "      responses: {'204': {description: Forgotten.}}\n"
        "    get:\n"
        "      operationId: listLanguages",
    )
    output = gen("build", spec).output
    assert "New operation forgetLanguages. Add to handlers.py:" in output
    assert "    async def forget_languages(self) -> None:\n" in output
    assert "  update  hello/hello_service/handlers.py" in output
    assert Path("hello/handlers.py").read_text() == mine
    assert "New operation" not in gen("build", spec).output


def test_a_handler_that_no_operation_calls_any_more_is_named_with_its_line(
    spec: Path,
) -> None:
    gen("build", spec)
    mine = Path("hello/handlers.py").read_text()
    line = mine[: mine.index("def list_languages")].count("\n") + 1
    change(spec, "operationId: listLanguages", "operationId: allLanguages")
    told = "Nothing calls list_languages any more. Remove it: "
    output = gen("build", spec).output
    assert output.endswith(f"\n{told}hello/handlers.py:{line}\n")
    assert "New operation allLanguages." in output
    assert told not in gen("build", spec).output
    assert Path("hello/handlers.py").read_text() == mine


def test_an_operation_with_another_name_in_python_is_new_and_leaves_its_old_one(
    spec: Path,
) -> None:
    gen("build", spec)
    old = "operationId: listLanguages"
    change(spec, old, f"{old}\n      x-python-name: spoken")
    output = gen("build", spec).output
    assert "New operation listLanguages. Add to handlers.py:" in output
    assert "    async def spoken(self)" in output
    assert "Nothing calls list_languages any more. Remove it: " in output


def test_a_handler_that_has_to_change_is_shown_as_it_has_to_be(spec: Path) -> None:
    gen("build", spec)
    mine = Path("hello/handlers.py").read_text()
    line = mine[: mine.index("def create_greeting")].count("\n") + 1
    change(spec, "x-processing: async", "x-processing: sync")
    output = gen("build", spec).output
    assert output.endswith(
        f"create_greeting is called otherwise now. Change it: hello/handlers.py:{line}\n\n"
        "    async def create_greeting(self, body: models.NewGreeting) -> models.Greeting:\n\n"
    )
    assert "called otherwise" not in gen("build", spec).output
    change(spec, "x-processing: sync", "x-processing: sync\n      deprecated: true")
    assert "called otherwise" not in gen("build", spec).output


def test_another_answer_leaves_a_handler_as_it_is(spec: Path) -> None:
    gen("build", spec)
    change(spec, "'201':", "'409': {description: Taken.}\n        '201':")
    assert "called otherwise" not in gen("build", spec).output
    change(spec, "        '409': {description: Taken.}\n", "")
    assert "create_greeting is called otherwise" in gen("build", spec).output


def test_who_may_call_and_what_is_to_import_are_told(spec: Path) -> None:
    gen("build", spec)
    old = "      operationId: listLanguages\n"
    parameter = "{name: since, in: query, schema: {type: string, format: date}}"
    change(
        spec,
        old,
        f"{old}      security: [{{key: []}}]\n      parameters: [{parameter}]\n",
    )
    scheme = "securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}"
    change(spec, "components:\n", f"components:\n  {scheme}\n")
    output = gen("build", spec).output
    assert (
        "New method. Add to handlers.py:\n\n    async def authenticate_key(" in output
    )
    imports = output[output.index("What is to import for it:") :].split("\n\n")[1]
    assert imports.splitlines() == [
        "from hello_service import Caller",
        "from datetime import date",
    ]


def test_a_handler_that_stands_in_another_module_is_named_without_a_line(
    spec: Path,
) -> None:
    gen("build", spec)
    Path("hello/handlers.py").write_text("from elsewhere import HelloHandlers\n")
    change(spec, "operationId: listLanguages", "operationId: allLanguages")
    assert "list_languages any more. Remove it: your handlers" in (
        gen("build", spec).output
    )


def test_what_nothing_fits_is_told_when_handlers_are_drafted(spec: Path) -> None:
    change(spec, "minLength: 1, maxLength: 80, examples: [Ada]", "pattern: '^(?!)'")
    output = gen("build", spec).output
    assert "hello.yaml:" in output and ": warning: no-example: " in output
    change(spec, "openapi: 3.1.0", "openapi: 3.1.1")
    assert "no-example" not in gen("build", spec).output
    assert gen("check", "--strict", spec).exit_code == 1
    assert gen("build", "--strict", "-o", "other", spec).exit_code == 1
    assert not Path("other").exists()


def test_an_operation_without_a_handler_stops_the_service_by_name(spec: Path) -> None:
    gen("build", spec)
    change(spec, "operationId: listLanguages", "operationId: allLanguages")
    gen("build", spec)
    started = subprocess.run(
        [sys.executable, "app.py"], cwd="hello", capture_output=True, text=True
    )
    assert started.returncode != 0
    assert "all_languages" in started.stderr


def test_what_a_feature_needed_goes_with_it(spec: Path) -> None:
    gen("build", spec)
    assert Path("hello/hello_service/runtime/engine.py").exists()
    change(spec, "x-processing: async", "x-processing: sync")
    output = gen("build", spec).output
    assert "  remove  hello/hello_service/runtime/engine.py" in output
    assert not Path("hello/hello_service/runtime/engine.py").exists()
    assert "sqlalchemy" not in Path("hello/hello_service/requirements.txt").read_text()


def test_a_hand_edited_file_stops_the_build_by_name(spec: Path) -> None:
    gen("build", spec)
    edited = Path("hello/hello_service/routes.py")
    edited.write_text(edited.read_text() + "# mine\n")
    result = gen("build", spec)
    assert result.exit_code == 1
    assert "hello/hello_service/routes.py: was edited by hand" in result.output
    assert "nothing written" in result.output
    assert gen("build", spec, "--force").exit_code == 0
    assert "# mine" not in edited.read_text()


def test_a_refused_document_leaves_the_old_tree(spec: Path) -> None:
    gen("build", spec)
    before = tree(Path("hello"))
    change(spec, "x-processing: async", "x-processing: asynch")
    result = gen("build", spec)
    assert result.exit_code == 1
    assert result.output == (
        "hello.yaml:12:21: unknown-processing: createGreeting: "
        '"asynch" is not a processing type\n'
        "  12 |       x-processing: asynch\n"
        "     |                     ^^^^^^\n"
        "  help: use sync, async or auto\n"
        "1 problem, nothing written\n"
    )
    assert tree(Path("hello")) == before


def test_gen_check_says_what_it_found(spec: Path) -> None:
    result = gen("check", spec)
    assert result.exit_code == 0
    assert result.output == "hello.yaml: 2 operations (1 async), can be built\n"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ([], 2),
        (["build"], 2),
        (["build", "missing.yaml"], 2),
        (["build", "--nope"], 2),
        (["--help"], 0),
        (["--version"], 0),
    ],
)
def test_usage(arguments: list[str], status: int) -> None:
    result = gen(*arguments)
    assert result.exit_code == status
    assert "Traceback" not in result.output


def build_elsewhere(folder: Path, seed: str, locale: str) -> dict[str, bytes]:
    folder.mkdir()
    shutil.copy(ROOT / "specs/orders.yaml", folder / "orders.yaml")
    environ = os.environ | {"PYTHONHASHSEED": seed, "LC_ALL": locale, "TZ": seed}
    subprocess.run(
        [sys.executable, "-m", "generator", "build", "orders.yaml"],
        cwd=folder,
        env=environ | {"PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
    )
    return tree(folder / "orders")


def test_a_build_is_the_same_bytes_everywhere(tmp_path: Path) -> None:
    one = build_elsewhere(tmp_path / "one", "1", "C")
    other = build_elsewhere(tmp_path / "another place", "4711", "C.UTF-8")
    assert one == other


def test_only_the_manifest_has_versions_and_paths(spec: Path) -> None:
    gen("build", spec)
    texts = {name: text.decode() for name, text in tree(Path("hello")).items()}
    named = [name for name, text in texts.items() if "hello.yaml" in text]
    assert named == [".gen.json"]


def test_a_crash_of_ours_is_not_hidden_as_a_problem(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("generator.meaning.meaning", broken)
    assert isinstance(gen("build", spec).exception, ZeroDivisionError)


def test_a_job_keeps_the_cookies_that_its_operation_declares(spec: Path) -> None:
    shade = "{name: shade, in: cookie, schema: {type: string}}"
    summary = "summary: Write a greeting, in a while."
    change(spec, summary, f"{summary}\n      parameters: [{shade}]")
    gen("build", spec)
    routes = Path("hello/hello_service/routes.py").read_text()
    assert 'cookies=frozenset(["shade"])' in routes and "keeps=" not in routes

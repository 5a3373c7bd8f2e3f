"""Text of a document that is code comes out as data, or the document is refused by name."""

from __future__ import annotations

import ast
import itertools
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hostile import CODE, documents
from hypothesis import HealthCheck, Phase, given, settings
from runtime.asyncapi_page import page as messages_page
from runtime.docs_page import page

from generator.build import check
from generator.plan import Owner
from generator.problems import Place, Refused, show
from generator.render import Text, draft
from generator.manifest import MANIFEST
from generator.write import apply, steps

TESTS = Path(__file__).parent
RUNTIME = TESTS.parent / "templates/runtime"
COUNT = itertools.count()
SAFE = re.compile(r"[A-Za-z0-9_.]{1,100}\Z")
Imported = Callable[[Path], list[str]]


@pytest.fixture(scope="module")
def imported() -> Iterator[Imported]:
    """What imports the packages of a folder elsewhere, and tells what happened."""
    command = [
        sys.executable,
        "-W",
        "ignore",
        str(TESTS / "hostile_imports.py"),
        str(RUNTIME),
    ]
    environ = {"PYTHONPATH": str(RUNTIME.parent)}
    with subprocess.Popen(
        command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        asked, told = process.stdin, process.stdout

        def ask(folder: Path) -> list[str]:
            print(json.dumps(str(folder)), file=asked, flush=True)
            answer: list[str] = json.loads(told.readline())
            return answer

        yield ask
        asked.close()


ONCE = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
"""A failure is shown as it was found: to shrink it would take many builds."""


@settings(ONCE, max_examples=300)
@given(document=documents())
def test_text_that_is_code_stays_data(
    document: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
    imported: Imported,
) -> None:
    attempt(document, tmp_path_factory.mktemp("hostile"), imported)


@pytest.mark.slow
@settings(ONCE, max_examples=5000)
@given(document=documents())
def test_much_text_that_is_code_stays_data(
    document: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
    imported: Imported,
) -> None:
    attempt(document, tmp_path_factory.mktemp("hostile"), imported)


@pytest.mark.parametrize("text", CODE, ids=range(len(CODE)))
def test_each_text_is_data_in_a_document_that_is_sound(
    text: str, tmp_path: Path, imported: Imported
) -> None:
    """Nothing here can be refused: the texts stand only where any text may."""
    assert attempt(sound(text), tmp_path, imported)


def sound(text: str) -> dict[str, Any]:
    schema = {
        "type": "object",
        "description": text,
        "title": text,
        "properties": {
            text: {"type": "string", "description": text},
            "a": {"type": "string", "enum": [text], "default": text},
            "b": {"const": text, "example": text},
            "c": {"type": "object", "default": {text: [text, None]}},
        },
    }
    operation = {
        "summary": text,
        "description": text,
        "tags": [text],
        "requestBody": {"content": {"application/json": {"schema": schema}}},
        "responses": {"200": {"description": text}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": text, "version": text, "description": text},
        "tags": [{"name": text, "description": text}],
        "paths": {"/a": {"post": operation}},
    }


def attempt(document: dict[str, Any], folder: Path, imported: Imported) -> bool:
    """Builds a document and looks at everything that came of it; False if it was refused."""
    path = folder / "document.json"
    path.write_text(json.dumps(document))
    try:
        checked = check(path)
    except Refused as refused:
        assert refused.problems
        for problem in refused.problems:
            assert isinstance(problem.at, Place) or problem.at.line > 0
            shown = show(problem, refused.documents)
            assert all(line.isprintable() for line in shown.split("\n"))
        return False
    drafts = [draft(file) for file in checked.plan.files]
    texts = [Text(d.file.path, d.file.owner, d.text, d.source) for d in drafts]
    made = {text.path: text.text for text in texts}
    assert all(inside(name) for name in made), list(made)
    assert SAFE.match(checked.plan.slug) and checked.plan.slug not in (".", "..")
    look_at_python(document, made)
    look_at_others(document, made, checked.plan.slug)
    write(texts, folder / "project")
    write_for_import(made, folder / "imported")
    assert imported(folder / "imported") == []
    assert {one.name for one in folder.iterdir()} <= {
        "document.json",
        "project",
        "imported",
    }
    return True


def inside(name: str) -> bool:
    """Whether a file is one of the project's, whatever it is called."""
    parts = name.split("/")
    return all(
        len(part.encode()) <= 120 and part.replace(".", "_").isidentifier()
        for part in parts
        if part not in ("pyproject.toml", "README.md", ".gen.json")
    ) and not {".", ".."} & set(parts)


def look_at_python(document: dict[str, Any], made: dict[str, str]) -> None:
    """Every module is Python, calls nothing that the document named, and holds its texts whole."""
    constants: set[object] = set()
    for name, text in made.items():
        if not name.endswith(".py") or "/runtime/" in name:
            continue
        assert not re.search(
            "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202e\ufeff]", text
        )
        tree = ast.parse(text, name)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant):
                constants.add(node.value)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "canary", name
    assert expected(document) <= constants
    for address in addresses(document):
        # A web address ends where its query or fragment begins: a warning says so.
        assert constants & {address, re.split("[?#]", address)[0]}


def expected(document: dict[str, Any]) -> set[object]:
    """Texts that must be in the Python as they are."""
    found: set[object] = {document["info"]["title"], document["info"]["version"]}
    for channel in document.get("channels", {}).values():
        for parameter in channel.get("parameters", {}).values():
            found |= set(parameter.get("enum", ()))
    found |= set(document.get("operations", ()))
    for item in document.get("paths", {}).values():
        for operation in item.values():
            named = operation.get("parameters", ())
            found |= {one["name"] for one in named if one["in"] != "header"}
    for schema in document.get("components", {}).get("schemas", {}).values():
        for one in schema["properties"].values():
            found |= set(one.get("enum", ()))
            found |= {one["const"]} if "const" in one else set()
    return found


def addresses(document: dict[str, Any]) -> list[str]:
    channels = document.get("channels", {}).values()
    return [channel["address"] for channel in channels if "address" in channel]


def look_at_others(document: dict[str, Any], made: dict[str, str], slug: str) -> None:
    """TOML, JSON, Markdown and the page for people say what they always say."""
    project = tomllib.loads(made["pyproject.toml"])
    assert project["project"]["name"] == slug
    assert project["build-system"]["build-backend"] == "setuptools.build_meta"
    kind = "asyncapi" if "asyncapi" in document else "openapi"
    effective = json.loads(made[f"{slug}_service/{kind}.json"])
    assert effective["info"]["title"] == document["info"]["title"]
    look_at_markdown(made["REFERENCE.md"])
    look_at_markdown(made["README.md"])
    shown = {"asyncapi": messages_page, "openapi": page}[kind](effective)
    look_at_page(shown, document["info"]["title"])


HEADINGS = {
    *("Operations", "How an asynchronous operation goes", "Callbacks", "Webhooks"),
    *("Who may call", "Settings", "Messages"),
}


OPERATION = re.compile(r"### \S")
"""A heading that is an operation's name: what it says is looked at as any line is."""


def look_at_markdown(text: str) -> None:
    """No table is broken out of, no heading and no code block is the document's."""
    lines = text.split("\n")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]", text)
    fenced, columns = False, 0
    for number, line in enumerate(lines):
        fenced ^= line.startswith("```")
        if fenced or line.startswith("```"):
            continue
        if line.startswith("#") and number:
            assert line.removeprefix("## ") in HEADINGS or OPERATION.match(line), line
        cells = len(re.findall(r"(?<!\\)(?:\\\\)*\|", line))
        assert not columns or not cells or cells == columns, line
        columns = cells
        assert (
            not re.match(r" *([-+*>=]|\d+[.)])(\s|$|[-=])", line) or "|" in line
        ), line
        assert not re.search(
            r"(?<!\\)<|(?<!\\)&", re.sub(r"(?<!\\)`[^`]*`", "", line)
        ), line
    assert not fenced


class Page(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[tuple[str, tuple[str, ...]]] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


TAGS = {
    *((name, ()) for name in "html head title style body h1 small p h2".split()),
    *((name, ()) for name in "section h3 b table tr th td pre".split()),
    *((name, ()) for name in "h4 ul ol li code".split()),
    *(("html", ("lang",)), ("meta", ("charset",)), ("meta", ("name", "content"))),
    *(("a", ("href",)), ("span", ("class",))),
}


def look_at_page(text: str, title: str) -> None:
    found = Page()
    found.feed(text)
    assert found.tags <= TAGS
    assert re.sub("\r\n?", "\n", title) in re.sub("\r\n?", "\n", found.text)


def write(texts: list[Text], folder: Path) -> None:
    """As a build does; of what is generated only what has no text of our own."""
    some = [text for text in texts if "/runtime/" not in text.path]
    assert all(text.owner in Owner for text in some)
    apply(steps(some, folder, None, []), folder, "{}")
    wanted = {text.path for text in some} | {MANIFEST}
    found = (one for one in folder.rglob("*") if one.is_file())
    assert {one.relative_to(folder).as_posix() for one in found} == wanted


def write_for_import(made: dict[str, str], folder: Path) -> None:
    """The packages, with a runtime that is shared by all."""
    for name, text in made.items():
        if name.endswith(".py") and "/runtime/" not in name and "tests/" not in name:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    (folder / "app.py").unlink()  # it runs the service

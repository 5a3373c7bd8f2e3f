"""Each refused document gets exactly the text that stands beside it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from generator.build import check
from generator.problems import CODES, Refused, show

FOLDER = Path(__file__).parent / "refused"
UNTESTABLE = {"document-too-large", "unreadable-file", "missing-library"}
"""Held by tests/test_load.py and tests/test_encoded_messages.py: no file of the repository can show them."""


def cases() -> list[tuple[Path, Path]]:
    """Every entry document with its expected text."""
    found = [
        (path, path.with_suffix(".txt"))
        for path in sorted(FOLDER.iterdir())
        if path.suffix in (".yaml", ".json")
    ]
    folders = [path for path in sorted(FOLDER.iterdir()) if path.is_dir()]
    for folder in folders:
        entry = next(iter(sorted(folder.glob("*api.*"))))
        found.append((entry, folder / "expected.txt"))
    return found


def said(document: Path) -> str:
    """All that the tool says about a document, seen from the folder of the cases."""
    together = sorted(document.parent.glob("*api.*"), reverse=True)
    specs = [document] if document.parent == FOLDER else together
    try:
        checked = check([spec.relative_to(FOLDER) for spec in specs], drafts=True)
    except Refused as refused:
        problems, documents = refused.problems, refused.documents
    else:
        problems, documents = checked.problems, checked.documents
    assert {problem.code for problem in problems} <= CODES.keys()
    return "".join(f"{show(problem, documents)}\n" for problem in problems)


@pytest.mark.parametrize(
    ("document", "expected"),
    cases(),
    ids=lambda path: str(path.relative_to(FOLDER)),
)
def test_a_refused_document_says_why(
    document: Path, expected: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(FOLDER)
    text = said(document)
    if os.environ.get("REFUSED") == "write":
        expected.write_text(text, encoding="utf-8")
    assert text, "nothing is wrong with this document"
    assert text == expected.read_text(encoding="utf-8")


PLAIN = frozenset(
    "conflicting-fields invalid-avro invalid-json invalid-protobuf invalid-yaml missing-field not-supported "
    "wrong-type wrong-value".split()
)
"""What is worded so differently that only the message can say what to do."""


def test_every_problem_says_what_can_be_done() -> None:
    told = [
        problem
        for _, text in cases()
        for problem in re.split(r"\n(?=\S)", text.read_text(encoding="utf-8"))
        if problem and "\n  help: " not in problem
    ]
    codes = {
        re.findall(r" (?:warning: |hint: )?([a-z0-9-]+): ", one)[0] for one in told
    }
    assert codes <= PLAIN


def test_every_code_has_a_case() -> None:
    texts = "".join(text.read_text(encoding="utf-8") for _, text in cases())
    missing = {code for code in CODES if f" {code}: " not in texts}
    assert missing - UNTESTABLE == set()

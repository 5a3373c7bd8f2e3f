"""Documents for tests, written down in a few lines and read as a user's would be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.load import Documents, load
from generator.model import Api, Operation, Schema
from generator.problems import Problem
from generator.read.openapi import read

CORPUS = Path(os.environ.get("GEN_CORPUS", "../shared/corpus")) / "openapi"
ENTRIES = {
    "camara-geofencing-subscriptions": "API_definitions/geofencing-subscriptions.yaml",
    "camara-sample-service-subscriptions": "api-templates/sample-service-subscriptions.yaml",
    "dcg-webhooks-external": "openapi.yaml",
}


def corpus() -> list[Path]:
    """The entry file of every OpenAPI document of the corpus; none where there is no corpus."""
    found = sorted(CORPUS.iterdir()) if CORPUS.is_dir() else []
    return [each / ENTRIES[each.name] if each.is_dir() else each for each in found]


def needs_corpus() -> None:
    if not CORPUS.is_dir():
        pytest.skip(f"NO CORPUS at {CORPUS.absolute()}: set GEN_CORPUS")


class Said:
    """A document that was read: the API, its problems, and short ways to both."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self.api: Api
        self.problems: list[Problem]
        self.api, self.problems = read(documents)

    def operation(self, id: str) -> Operation:
        return next(each for each in self.api.operations if each.id == id)

    def schema(self, name: str) -> Schema:
        return next(s for s in self.api.schemas.values() if s.name == name)

    def codes(self) -> list[str]:
        return [each.code for each in self.problems]


def said(folder: Path, text: str, version: str = "3.1.0", **files: str) -> Said:
    """Read a document of which `text` is all but the head; `files` stand beside it."""
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(content)
    head = f"openapi: {version}\ninfo: {{title: T, version: '1'}}\n"
    path = folder / "api.yaml"
    path.write_text(head + text)
    return Said(load(path))

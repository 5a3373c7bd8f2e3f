"""Models as modules that can be imported, for the tests."""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path
from types import ModuleType

from generator.load import load
from generator.model import Api, Json
from generator.plan import File
from generator.read.openapi import read
from generator.render import draft
from generator.targets.models import Models

COUNT = itertools.count()


def source_of(models: Models) -> str:
    """models.py as it is emitted, before Black."""
    file = File(
        path="models.py", template="service/models.py.jinja", view=models.view()
    )
    return draft(file).text


def module_of(models: Models) -> ModuleType:
    """The emitted module, imported; its runtime is the one in the templates' folder."""
    text = source_of(models).replace("from .runtime.", "from runtime.")
    module = ModuleType(f"emitted_models_{next(COUNT)}")
    sys.modules[module.__name__] = module
    exec(
        compile(text, module.__name__, "exec", dont_inherit=True), module.__dict__
    )  # noqa: S102
    return module


def api_of(folder: Path, document: Json) -> Api:
    """The model of a document given as plain JSON."""
    path = folder / f"document{next(COUNT)}.json"
    path.write_text(json.dumps(document))
    return read(load(path))[0]


def schemas_api(folder: Path, schemas: dict[str, Json], version: str = "3.1.0") -> Api:
    """The model of a document that has only component schemas."""
    return api_of(
        folder,
        {
            "openapi": version,
            "info": {"title": "T", "version": "1"},
            "paths": {},
            "components": {"schemas": schemas},
        },
    )

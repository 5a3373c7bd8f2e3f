"""The manifest of a project: what the last build wrote, by which the next one knows it again."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, field
from pathlib import PurePosixPath
from typing import Any

from generator.plan import Owner
from generator.render import Text, digest
from generator.value import dataclass

MANIFEST = ".gen.json"
MALFORMED = (ValueError, KeyError, TypeError, AttributeError)
"""What reading a text that is no manifest raises."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """By what, and of what, a build was made: the same again has nothing to do."""

    tool: str
    """The digest of the generator."""
    name: str
    """The folder that a build makes when it is told none."""
    specs: tuple[str, ...]
    """The documents given, relative to the folder."""
    told: tuple[tuple[str, str], ...] = ()
    """What was said about the documents: a document and what follows its name, or "" and a text."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the last build made: generator, documents, handlers' methods, generated files."""

    generator: str
    documents: Mapping[str, str] = field(default_factory=dict)
    handlers: tuple[str, ...] = ()
    files: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Path → digest of the file, digest of what it was rendered from."""
    yours: tuple[str, ...] = ()
    """The paths of the user's files; one that is gone was moved or removed, and stays away."""
    stamp: Stamp | None = None
    """None in the manifest of an older generator."""


def parsed(text: str) -> Manifest:
    """The manifest that a text is; raises one of MALFORMED."""
    raw = json.loads(text)
    files = {path: (f["sha256"], f["source"]) for path, f in raw["files"].items()}
    return Manifest(
        raw["generator"],
        raw["documents"],
        tuple(raw["handlers"]),
        files,
        tuple(raw.get("yours", ())),
        _stamp(raw["stamp"]) if "stamp" in raw else None,
    )


def pieces(text: str) -> Manifest:
    """The names in a manifest that is no JSON any more; every file counts as edited."""
    paths = re.findall(r'^    "([^"]+)": \{$', text, re.MULTILINE)
    lists = dict(re.findall(r'^  "(\w+)": \[(.*?)\]', text, re.MULTILINE | re.DOTALL))
    handlers, yours = (
        tuple(dict.fromkeys(re.findall(r'"([^"]+)"', lists.get(name, ""))))
        for name in ("handlers", "yours")
    )
    return Manifest("", {}, handlers, {path: ("", "") for path in paths}, yours)


def _stamp(raw: dict[str, Any]) -> Stamp:
    told = tuple((str(file), str(text)) for file, text in raw["told"])
    return Stamp(raw["tool"], raw["name"], tuple(raw["specs"]), told)


def manifest_text(
    generator: str,
    documents: Mapping[str, str],
    handlers: Sequence[str],
    texts: Sequence[Text],
    stamp: Stamp | None = None,
) -> str:
    """The manifest of a build, as JSON."""
    ordered = sorted(texts, key=lambda text: text.path)
    files = {
        text.path: {"sha256": digest(text.text), "source": text.source}
        for text in ordered
        if text.owner is Owner.GENERATED
    }
    manifest = {
        "generator": generator,
        "documents": dict(sorted(documents.items())),
        "handlers": list(handlers),
        **({"stamp": asdict(stamp)} if stamp else {}),
        "yours": [text.path for text in ordered if text.owner is Owner.YOURS],
        "files": files,
    }
    return json.dumps(manifest, indent=2) + "\n"


def escapes(path: str) -> bool:
    """Whether a path of a manifest would lead out of the project."""
    pure = PurePosixPath(path)
    return pure.is_absolute() or ".." in pure.parts or "\\" in path

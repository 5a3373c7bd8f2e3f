"""The names that a document gives itself and its parts: `$self`, `$id`, `$anchor`."""

from __future__ import annotations

import re
from dataclasses import field
from urllib.parse import urldefrag, urljoin

from generator.model import Json
from generator.value import dataclass

Path = tuple[str | int, ...]

_NAMES = re.compile(r"\$(?:self|id|anchor|dynamicAnchor)\b")
_NO_SCHEMA = frozenset(
    ("example", "examples", "default", "const", "enum", "value", "dataValue")
)
_NAMED = frozenset(("properties", "patternProperties", "$defs", "definitions"))


@dataclass(slots=True)
class Resources:
    """The resources inside one file: URI → path, and the anchors of each."""

    roots: dict[str, Path] = field(default_factory=dict)
    bases: dict[Path, str] = field(default_factory=dict)
    anchors: dict[tuple[Path, str], Path] = field(default_factory=dict)
    """(path of the resource, name) → path of what is named."""
    has_names: bool = False
    """Whether anything in the file looks like such a name."""

    def base(self, path: Path) -> str:
        """The URI against which a reference at `path` is resolved."""
        return self.bases[self.root_of(path)]

    def root_of(self, path: Path) -> Path:
        """The path of the innermost resource around `path`."""
        if len(self.bases) == 1:
            return ()
        lengths = range(len(path), -1, -1)
        return next(path[:end] for end in lengths if path[:end] in self.bases)


def find_resources(uri: str, root: Json, text: str) -> Resources:
    """The resources of a file that was read from `uri`; the walk is saved where it names none.

    In an AsyncAPI document `$id` is but another name: what a pointer starts from stays the document.
    """
    found = Resources({uri: ()}, {(): uri})
    is_base = not (isinstance(root, dict) and "asyncapi" in root)
    if not _NAMES.search(text):
        return found
    found.has_names = True
    if isinstance(root, dict) and isinstance(own := root.get("$self"), str):
        _name(found, (), urljoin(uri, own))
    stack: list[tuple[Json, Path, Path, bool]] = [(root, (), (), True)]
    while stack:
        value, path, resource, is_schema = stack.pop()
        if isinstance(value, dict):
            if is_schema:
                resource = _names_of(found, value, path, resource, is_base)
            stack += [
                (inner, (*path, key), resource, not is_schema or key not in _NAMED)
                for key, inner in value.items()
                if not (is_schema and (key in _NO_SCHEMA or key.startswith("x-")))
            ]
        elif isinstance(value, list):
            stack += [
                (inner, (*path, index), resource, True)
                for index, inner in enumerate(value)
            ]
    return found


def _names_of(
    found: Resources,
    schema: dict[str, Json],
    path: Path,
    resource: Path,
    is_base: bool,
) -> Path:
    name = schema.get("$id")
    if isinstance(name, str) and not name.startswith("#"):
        uri = urldefrag(urljoin(found.bases[resource], name)).url
        if is_base:
            _name(found, path, uri)
            resource = path
        else:
            found.roots.setdefault(uri, path)
    for key in ("$anchor", "$dynamicAnchor"):
        anchor = schema.get(key)
        if isinstance(anchor, str):
            found.anchors[resource, anchor] = path
    return resource


def _name(found: Resources, path: Path, uri: str) -> None:
    found.bases[path] = uri
    found.roots[uri] = path

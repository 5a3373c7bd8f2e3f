"""Files → plain data that knows file, line and column of every value; follows $ref across local files."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from dataclasses import field, replace
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from generator import marks as places
from generator.garbage import uncollected
from generator.json_text import find_marks, is_json, read_json
from generator.marks import Marks
from generator.model import Json
from generator.pointer import Missing, meant, parts, pointer, walk
from generator.problems import MOST, Place, Problem, Refused, Span
from generator.resources import Resources, find_resources
from generator.source import Source, read_source
from generator.value import dataclass
from generator.yaml_text import read_yaml

MAX_HOPS = 100
"""A chain of $refs longer than this goes round in circles."""

MAX_CHAIN = 20
"""References that lead only to references; people write one or two."""


TEXTS = (".proto",)
"""The ends of the names of files that are texts, neither YAML nor JSON."""

Asked = tuple[str, tuple[str | int, ...], str]
"""A reference: its file, the path of the resource that it stands in, its text."""


@dataclass(slots=True)
class _Loaded:
    """One file that was read; `marks` of a JSON file are found when first asked for."""

    path: Path
    source: Source
    root: Json
    marks: Marks | None
    resources: Resources


@dataclass(slots=True)
class Documents:
    """The entry file and every local file that was reached from it, as plain data."""

    entry: str
    roots: dict[str, Json] = field(default_factory=dict)
    """File as the user knows it → its data."""
    digests: dict[str, str] = field(default_factory=dict)
    """File as the user knows it → SHA-256 of its bytes."""
    warnings: list[Problem] = field(default_factory=list)
    """What was overlooked in reading, such as a comma too many in a JSON file."""
    _loaded: dict[str, _Loaded] = field(default_factory=dict)
    _shown: dict[Path, str] = field(default_factory=dict)
    _uris: dict[str, Place] = field(default_factory=dict)
    _targets: dict[Asked, Place] = field(default_factory=dict)
    """Where references lead: most are asked for again and again."""
    _replaced: list[Json] = field(default_factory=list)
    """What stood where something else stands now, kept alive: marks are found by identity."""
    _missed: int = 0
    """How many led nowhere: of those that nobody reads it is not asked what was meant."""

    @property
    def root(self) -> Json:
        """The data of the entry file."""
        return self.roots[self.entry]

    @property
    def files(self) -> list[str]:
        """The files as the user knows them, the entry first."""
        return list(self.roots)

    @property
    def is_plain(self) -> bool:
        """Whether it is one file, where all that was referred to was by the pointer that it has there."""
        return (
            len(self._loaded) == 1
            and not self._loaded[self.entry].resources.has_names
            and all(
                ref == f"#{pointer(target.path)}"
                for (_, _, ref), target in self._targets.items()
            )
        )

    @property
    def targets(self) -> Collection[Place]:
        """Where the references lead that were followed so far."""
        return self._targets.values()

    def says(self, *patterns: str) -> bool:
        """Whether the text of the files has something of each of these patterns."""
        texts = [one.source.text for one in self._loaded.values()]
        return all(any(re.search(each, text) for text in texts) for each in patterns)

    def replace(self, place: Place, value: Json) -> None:
        """Have another value stand at a place; in the text it is what stands there, or around it."""
        self._marks(self._loaded[place.file])
        if not place.path:
            self._replaced.append(self.roots[place.file])
            self.roots[place.file] = value
            return
        holder = self.value(Place(place.file, place.path[:-1]))
        key = place.path[-1]
        if isinstance(holder, dict):
            self._replaced.append(holder[str(key)])
            holder[str(key)] = value
        elif isinstance(holder, list) and isinstance(key, int):
            self._replaced.append(holder[key])
            holder[key] = value

    def value(self, place: Place) -> Json:
        """The data at a place; raises KeyError where nothing stands."""
        here = self.roots[place.file]
        for token in place.path:
            if isinstance(here, dict):
                here = here[str(token)]
            elif isinstance(here, list) and isinstance(token, int):
                here = here[token]
            else:
                raise KeyError(token)
        return here

    def span(self, place: Place) -> Span:
        """The characters to show for a place; the nearest that exists, if it does not."""
        loaded = self._loaded[place.file]
        return places.span(loaded.source, loaded.root, self._marks(loaded), place)

    def text_of(self, place: Place) -> str | None:
        """An unquoted scalar as it is written (`1.0`); None where it is something else."""
        loaded = self._loaded[place.file]
        marks = self._marks(loaded)
        return places.scalar_text(loaded.source, loaded.root, marks, place)

    def resolve(self, place: Place, ref: str) -> Place:
        """Where `ref`, standing at `place`, leads: one step; raises Refused with the reason."""
        root = self._loaded[place.file].resources.root_of(place.path)
        asked = place.file, root, ref
        known = self._targets.get(asked)
        if known is None:
            known = self._targets[asked] = self._resolve(place, ref)
        return known

    def _resolve(self, place: Place, ref: str) -> Place:
        try:
            target = self._reach(place, ref)
        except Missing as missing:
            message = f"{_quoted(ref)} leads nowhere: {missing}"
            help = missing.help
            raise self._refuse("unresolved-reference", place, message, help) from None
        if not isinstance(self.value(target), (dict, bool)) and not is_text(target):
            kind = _kind(self.value(target))
            message = f"{_quoted(ref)} leads to {kind}, not to an object"
            raise self._refuse("invalid-reference", place, message)
        return target

    def follow(self, place: Place) -> Place:
        """Where a chain of `$ref`s that starts at `place` ends; `place` itself without one."""
        seen = [place]
        while (ref := _ref(self.value(seen[-1]))) is not None:
            at = self.resolve(seen[-1] / "$ref", ref)
            if at in seen:
                message = f"{_quoted(ref)} leads back to itself"
                raise self._refuse("circular-reference", place / "$ref", message)
            seen.append(at)
            if len(seen) > MAX_CHAIN:
                message = f"more than {MAX_CHAIN} references lead from one to the next"
                raise self._refuse("invalid-reference", place / "$ref", message)
        return seen[-1]

    def open(self, path: Path, asked: Place | None = None) -> str:
        """Reads a file, once, for a reference at `asked`; the name by which the user knows it."""
        path = Path(os.path.abspath(path))
        if path in self._shown:
            return self._shown[path]
        file = shown(path)
        with uncollected():
            at = partial(self.span, asked) if asked else None
            source = read_source(path, file, at)
            loaded, warnings = _read(path, source)
        self._keep(path, loaded)
        self.warnings += warnings
        return file

    def _keep(self, path: Path, loaded: _Loaded) -> None:
        file = loaded.source.file
        self._shown[path] = file
        self._loaded[file] = loaded
        self.roots[file] = loaded.root
        self.digests[file] = loaded.source.digest
        for uri, start in loaded.resources.roots.items():
            self._uris.setdefault(uri, Place(file, start))

    def _reach(self, place: Place, ref: str) -> Place:
        """Follows `ref`, through any other `$ref` that stands in the way of its pointer."""
        here, tokens = self._locate(place, ref)
        start = here.file
        for _ in range(MAX_HOPS):
            path, rest = walk(self.value(here), tokens)
            here = Place(here.file, (*here.path, *path))
            between = _ref(self.value(here)) if rest else None
            if between is None:
                break
            here, tokens = self._locate(here / "$ref", between)
            tokens += rest
        else:
            raise Missing("it leads back to itself")
        if rest:
            address = urldefrag(ref).url if here.file == start else None
            raise self._missing(here, rest, address)
        return here

    def _locate(self, place: Place, ref: str) -> tuple[Place, list[str]]:
        """The resource or anchor that `ref` names, and the pointer's tokens from there."""
        try:
            address, fragment = urldefrag(ref)
            start = self._resource(place, address)
            tokens = parts(unquote(fragment))
        except ValueError:
            message = f"{_quoted(ref)} is not a URI reference"
            raise self._refuse("invalid-reference", place, message) from None
        if not fragment or fragment.startswith("/"):
            return start, tokens
        anchors = self._loaded[start.file].resources.anchors
        if (start.path, fragment) not in anchors:
            help = f"did you mean #/{fragment}?" if "/" in fragment else None
            raise Missing(f"there is no $anchor {_quoted(fragment)}", help)
        return Place(start.file, anchors[start.path, fragment]), []

    def _resource(self, place: Place, address: str) -> Place:
        loaded = self._loaded[place.file]
        if not address:
            return Place(place.file, loaded.resources.root_of(place.path))
        uri = urljoin(loaded.resources.base(place.path), address)
        if uri in self._uris:
            return self._uris[uri]
        beside = urljoin(loaded.path.as_uri(), address)
        is_local = urlsplit(uri).scheme == "file" and not urlsplit(uri).netloc
        if not is_local and (urlsplit(beside).netloc or not _path(beside).is_file()):
            raise self._remote(place, uri)
        if (
            address.lstrip("./").startswith("components/")
            and not _path(beside).exists()
        ):
            message = f"there is no file {_quoted(address)}"
            help = f"did you mean #/{address.lstrip('./')}?"
            raise self._refuse("missing-file", place, message, help)
        return Place(self.open(_path(beside), place))

    def _remote(self, place: Place, uri: str) -> Refused:
        message = f"{_quoted(uri)} is not in a local file: not supported yet"
        help = "save it beside the document and refer to that file"
        return self._refuse("remote-reference", place, message, help)

    def _missing(self, here: Place, rest: list[str], address: str | None) -> Missing:
        value = self.value(here)
        where = pointer(here.path).removeprefix("/") or here.file
        self._missed += 1
        known = list(value) if isinstance(value, dict) else []
        close = meant(rest[0], known if self._missed <= MOST else [])
        if close is None or address is None:
            return Missing(f"{where} has no {_quoted(rest[0])}")
        path = pointer((*here.path, close, *rest[1:]))
        help = f"did you mean {address}#{path}?"
        return Missing(f"{where} has no {_quoted(rest[0])}", help)

    def _marks(self, loaded: _Loaded) -> Marks:
        if loaded.marks is None:
            loaded.marks = find_marks(loaded.source, loaded.root)
        return loaded.marks

    def _refuse(
        self, code: str, place: Place, message: str, help: str | None = None
    ) -> Refused:
        return Refused([Problem(code, self.span(place), message, help)])


def load(path: Path) -> Documents:
    """The document in a file; the files it refers to are read as they are reached.

    Raises Refused where the file cannot be read as YAML or JSON.
    """
    documents = Documents(shown(Path(os.path.abspath(path))))
    documents.open(path)
    return documents


def shown(path: Path) -> str:
    """A file's name relative to where the user stands, with forward slashes."""
    try:
        return Path(os.path.relpath(path)).as_posix()
    except ValueError:
        return path.as_posix()


def _read(path: Path, source: Source) -> tuple[_Loaded, list[Problem]]:
    root, marks, warnings = _data(source)
    resources = find_resources(path.as_uri(), root, source.text)
    return _Loaded(path, source, root, marks, resources), warnings


def _data(source: Source) -> tuple[Json, Marks | None, list[Problem]]:
    """A JSON file that is only YAML (a comma too many, a comment) is read with a hint."""
    if source.file.endswith(TEXTS):
        return source.text, Marks(), []
    if not is_json(source):
        return *read_yaml(source), []
    try:
        return read_json(source), None, []
    except Refused as refused:
        first = refused.problems[0]
        if first.code != "invalid-json":
            raise
        try:
            root, marks = read_yaml(source)
        except Refused:
            raise refused from None
        if not isinstance(root, (dict, list)):
            raise
        return root, marks, [replace(first, severity="hint")]


def is_text(place: Place) -> bool:
    """Whether a place is a whole file in a language of its own."""
    return not place.path and place.file.endswith(TEXTS)


def _ref(value: Json) -> str | None:
    ref = value.get("$ref") if isinstance(value, dict) else None
    return ref if isinstance(ref, str) else None


def _path(uri: str) -> Path:
    return Path(unquote(urlsplit(uri).path))


def _quoted(text: str) -> str:
    return f'"{text}"'


def _kind(value: Json) -> str:
    kinds = {str: "text", list: "a list", type(None): "null"}
    return kinds.get(type(value), "a number")

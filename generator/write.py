"""Texts to disk: the steps a build would take, taking them all or none, the manifest."""

from __future__ import annotations

import difflib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, field
from enum import Enum
from pathlib import Path, PurePosixPath
from typing import Any

from generator.plan import File, Owner
from generator.render import Text, digest
from generator.value import dataclass

MANIFEST = ".gen.json"


class Action(Enum):
    """What a build does to one file; the value is the word shown."""

    CREATE = "create"
    UPDATE = "update"
    REMOVE = "remove"
    SAME = "same"
    YOURS = "yours"


@dataclass(frozen=True, slots=True)
class Step:
    """One file and what happens to it."""

    action: Action
    path: str
    owner: Owner
    before: str = ""
    after: str = ""

    @property
    def changes(self) -> bool:
        return self.action not in (Action.SAME, Action.YOURS)


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
    """The paths of the user's files."""
    stamp: Stamp | None = None
    """None in the manifest of an older generator."""


class Conflict(Exception):
    """Files of a folder that a build may not touch; `reasons` says of each path why."""

    def __init__(self, folder: Path, reasons: Mapping[str, str]) -> None:
        super().__init__(", ".join(reasons))
        self.folder = folder
        self.reasons = reasons


def steps(
    texts: Sequence[Text],
    folder: Path,
    manifest: Manifest | None,
    sources: Iterable[Path],
    force: bool = False,
) -> list[Step]:
    """What writing the texts into the folder means, file by file; nothing is written.

    Raises Conflict when a generated file was edited by hand (unless `force`), or when
    a file stands where one would go that no build of ours made.
    """
    ours = manifest.files if manifest else {}
    protected = {source.resolve() for source in sources}
    conflicts: dict[str, str] = {}
    found: list[Step] = []
    for text in texts:
        path = folder / text.path
        why = _obstacle(text, path, folder, ours, protected, force)
        if why:
            conflicts[text.path] = why
        else:
            found.append(_step(text, path))
    for orphan in sorted(set(ours) - {text.path for text in texts}):
        before = _read(folder / orphan)
        if before is None:
            continue
        if digest(before) != ours[orphan][0] and not force:
            conflicts[orphan] = _EDITED
        else:
            found.append(Step(Action.REMOVE, orphan, Owner.GENERATED, before))
    if conflicts:
        raise Conflict(folder, conflicts)
    return found


_EDITED = "was edited by hand, and is no longer what gen wrote"
_FOREIGN = "exists, and gen did not write it"


def _obstacle(
    text: Text,
    path: Path,
    folder: Path,
    ours: Mapping[str, tuple[str, str]],
    protected: set[Path],
    force: bool,
) -> str | None:
    if path.resolve() in protected:
        return "is one of the documents of this build"
    if not path.resolve().is_relative_to(folder.resolve()):
        return "leads out of the project by a symbolic link"
    before = _read(path)
    if before is None or text.owner is Owner.YOURS or before == text.text:
        return None
    if text.path not in ours:
        return _FOREIGN
    if digest(before) != ours[text.path][0] and not force:
        return _EDITED
    return None


def _step(text: Text, path: Path) -> Step:
    before = _read(path)
    if before is None:
        action = Action.CREATE
    elif text.owner is Owner.YOURS:
        action = Action.YOURS
    else:
        action = Action.SAME if before == text.text else Action.UPDATE
    return Step(action, text.path, text.owner, before or "", text.text)


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="surrogateescape")
    except (FileNotFoundError, NotADirectoryError):
        return None


def standing(files: Iterable[File], folder: Path) -> set[str]:
    """The paths of the user's files that are there: no build writes them again."""
    yours = (file.path for file in files if file.owner is Owner.YOURS)
    return {path for path in yours if (folder / path).exists()}


def apply(taken: Sequence[Step], folder: Path, manifest: str) -> None:
    """Take the steps and write the manifest: all of it, or after an error none of it."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".gen-", dir=folder) as scratch:
        staged = _stage(taken, manifest, Path(scratch))
        undo: list[tuple[Path, Path | None]] = []
        try:
            for number, (path, new) in enumerate(staged.items()):
                _swap(folder / path, new, Path(scratch) / f"old-{number}", undo)
        except BaseException:
            for target, old in reversed(undo):
                if old is None:
                    target.unlink()
                else:
                    os.replace(old, target)
            raise
    _remove_empty(folder, (s.path for s in taken if s.action is Action.REMOVE))


def _stage(
    taken: Sequence[Step], manifest: str, scratch: Path
) -> dict[str, Path | None]:
    """Write every new text aside; the manifest is last, so it never promises too much."""
    staged: dict[str, Path | None] = {}
    wanted = [(s.path, s.after, s.action) for s in taken if s.changes]
    wanted.append((MANIFEST, manifest, Action.UPDATE))
    for number, (path, text, action) in enumerate(wanted):
        staged[path] = None
        if action is not Action.REMOVE:
            new = scratch / f"new-{number}"
            new.write_text(text, encoding="utf-8", newline="\n")
            staged[path] = new
    return staged


def _swap(
    target: Path, new: Path | None, old: Path, undo: list[tuple[Path, Path | None]]
) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    before = target.exists()
    if before:
        shutil.copy2(target, old)
    if new is None:
        target.unlink()
    else:
        os.replace(new, target)
    undo.append((target, old if before else None))


def _remove_empty(folder: Path, removed: Iterable[str]) -> None:
    for path in removed:
        for parent in (folder / path).parents:
            if parent == folder or (parent.is_dir() and any(parent.iterdir())):
                break
            if parent.is_dir():  # not taken away with a file that stood beside
                parent.rmdir()


def diff(taken: Sequence[Step]) -> Iterator[str]:
    """The steps as a unified diff, line by line, without line ends."""
    for step in taken:
        if step.changes:
            yield from difflib.unified_diff(
                step.before.splitlines(),
                step.after.splitlines(),
                f"a/{step.path}" if step.action is not Action.CREATE else "/dev/null",
                f"b/{step.path}" if step.action is not Action.REMOVE else "/dev/null",
                lineterm="",
            )


def read_manifest(folder: Path) -> Manifest | None:
    """The folder's manifest; None when no build was ever written there.

    Raises Conflict when it is there and cannot be trusted.
    """
    text = _read(folder / MANIFEST)
    if text is None:
        return None
    try:
        raw = json.loads(text)
        files = {path: (f["sha256"], f["source"]) for path, f in raw["files"].items()}
        manifest = Manifest(
            raw["generator"],
            raw["documents"],
            tuple(raw["handlers"]),
            files,
            tuple(raw.get("yours", ())),
            _stamp(raw["stamp"]) if "stamp" in raw else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Conflict(folder, {MANIFEST: "is not a manifest that gen wrote"}) from None
    if any(_escapes(path) for path in (*files, *manifest.yours)):
        raise Conflict(folder, {MANIFEST: "names files outside the project"})
    return manifest


def _stamp(raw: dict[str, Any]) -> Stamp:
    told = tuple((str(file), str(text)) for file, text in raw["told"])
    return Stamp(raw["tool"], raw["name"], tuple(raw["specs"]), told)


def _escapes(path: str) -> bool:
    pure = PurePosixPath(path)
    return pure.is_absolute() or ".." in pure.parts or "\\" in path


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


def known_texts(folder: Path, manifest: Manifest | None) -> dict[str, str]:
    """Digest of source → text, for the generated files that nobody has touched."""
    known: dict[str, str] = {}
    for path, (sha256, source) in (manifest.files if manifest else {}).items():
        text = _read(folder / path)
        if text is not None and digest(text) == sha256:
            known[source] = text
    return known

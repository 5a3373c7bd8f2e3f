"""Texts to disk: the steps a build would take, and taking them, all or none."""

from __future__ import annotations

import difflib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from time import time

from generator.manifest import MALFORMED, MANIFEST, Manifest, escapes, parsed, pieces
from generator.plan import File, Owner
from generator.render import Text, digest
from generator.value import dataclass

SCRATCH = ".gen-build-"
"""How the folder begins in which a build puts its files aside."""
DEAD = 60.0
"""Seconds after which a build that put files aside is no longer at work."""


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


class Conflict(Exception):
    """Files of a folder that a build may not touch; `reasons` says of each path why."""

    def __init__(self, folder: Path, reasons: Mapping[str, str]) -> None:
        super().__init__(", ".join(reasons))
        self.folder = folder
        self.reasons = reasons

    @property
    def ways_out(self) -> list[str]:
        """What can be done, for all the reasons."""
        return list(dict.fromkeys(map(WAYS_OUT.__getitem__, self.reasons.values())))


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
    ours = _digests(folder, manifest)
    written = _written(folder, manifest)
    protected = {source.resolve() for source in sources}
    conflicts: dict[str, str] = {}
    found: list[Step] = []
    for text in texts:
        path = folder / text.path
        why = _obstacle(text, path, folder, ours, protected, force)
        if why:
            conflicts[text.path] = why
        elif text.path not in written or path.exists():
            found.append(_step(text, path))
    for orphan in sorted(set(ours) - {text.path for text in texts}):
        before = _read(folder / orphan)
        if before is None:
            continue
        if digest(before) not in ours[orphan] and not force:
            conflicts[orphan] = _EDITED
        else:
            found.append(Step(Action.REMOVE, orphan, Owner.GENERATED, before))
    if conflicts:
        raise Conflict(folder, conflicts)
    return found


_EDITED = "was edited by hand, and is no longer what gen wrote"
_FOREIGN = "exists, and gen did not write it"
_DOCUMENT = "is one of the documents of this build"
_LINK = "leads out of the project by a symbolic link"
_NO_MANIFEST = "is not a manifest that gen wrote"
_OUTSIDE = "names files outside the project"
_FORCE = "move your change to a file of yours, or take --force"
_ELSEWHERE = "move it away, or build into another folder with -o"
WAYS_OUT = {
    _EDITED: _FORCE,
    _NO_MANIFEST: "take --force, which writes the generated files anew",
    _FOREIGN: _ELSEWHERE,
    _DOCUMENT: _ELSEWHERE,
    _LINK: _ELSEWHERE,
    _OUTSIDE: _ELSEWHERE,
}


def _obstacle(
    text: Text,
    path: Path,
    folder: Path,
    ours: Mapping[str, set[str]],
    protected: set[Path],
    force: bool,
) -> str | None:
    if path.resolve() in protected:
        return _DOCUMENT
    if not path.resolve().is_relative_to(folder.resolve()):
        return _LINK
    before = _read(path)
    if before is None or text.owner is Owner.YOURS or before == text.text:
        return None
    if text.path not in ours:
        return _FOREIGN
    if digest(before) not in ours[text.path] and not force:
        return _EDITED
    return None


def _digests(folder: Path, manifest: Manifest | None) -> dict[str, set[str]]:
    """What we wrote at which path: at the last build, and at those that were killed in the middle."""
    known: dict[str, set[str]] = {}
    for scratch in _unfinished(folder):
        text = _read(scratch / MANIFEST) or ""
        try:
            begun = parsed(text)
        except MALFORMED:
            continue
        for path, (sha256, _) in begun.files.items():
            known.setdefault(path, set()).add(sha256)
    for path, (sha256, _) in (manifest.files if manifest else {}).items():
        known.setdefault(path, set()).add(sha256)
    return known


def _unfinished(folder: Path) -> list[Path]:
    """Where builds that did not end, or are at work now, put their files aside."""
    return [path.parent for path in sorted(folder.glob(f"{SCRATCH}*/{MANIFEST}"))]


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


def standing(
    files: Iterable[File], folder: Path, manifest: Manifest | None
) -> set[str]:
    """The paths of the user's files that no build writes again: they are there, or were once."""
    written = _written(folder, manifest)
    yours = (file.path for file in files if file.owner is Owner.YOURS)
    return {path for path in yours if path in written or (folder / path).exists()}


def _written(folder: Path, manifest: Manifest | None) -> Sequence[str]:
    """The user's files of earlier builds; none where nothing that we wrote is left."""
    if manifest and any((folder / path).exists() for path in manifest.files):
        return manifest.yours
    return ()


def apply(taken: Sequence[Step], folder: Path, manifest: str) -> None:
    """Take the steps and write the manifest: all of it, or after an error none of it."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=folder) as scratch:
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
    for dead in _unfinished(folder):
        if dead.stat().st_mtime < time() - DEAD:
            shutil.rmtree(dead)


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
            new = scratch / (f"new-{number}" if path != MANIFEST else MANIFEST)
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


def read_manifest(folder: Path, force: bool = False) -> Manifest | None:
    """The folder's manifest; None when no build was ever written there.

    Raises Conflict when it is there and cannot be trusted; with `force` one that a merge
    has left in pieces is read as far as it goes.
    """
    text = _read(folder / MANIFEST)
    if text is None:
        return None
    try:
        manifest = parsed(text)
    except MALFORMED:
        manifest = pieces(text)
        if not (force and manifest.files):
            raise Conflict(folder, {MANIFEST: _NO_MANIFEST}) from None
    if any(escapes(path) for path in (*manifest.files, *manifest.yours)):
        raise Conflict(folder, {MANIFEST: _OUTSIDE})
    return manifest


def known_texts(folder: Path, manifest: Manifest | None) -> dict[str, str]:
    """Digest of source → text, for the generated files that nobody has touched."""
    known: dict[str, str] = {}
    for path, (sha256, source) in (manifest.files if manifest else {}).items():
        text = _read(folder / path)
        if text is not None and digest(text) == sha256:
            known[source] = text
    return known

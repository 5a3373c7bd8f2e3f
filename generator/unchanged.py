"""A build with nothing to do: the generator, the documents and the files are those of the last one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.metadata import version
from os.path import relpath
from pathlib import Path
from typing import TYPE_CHECKING

from generator.manifest import MANIFEST, Manifest, Stamp
from generator.plan import Owner
from generator.problems import shown, visible
from generator.render import Text, black_version, digest, templates_folder
from generator.value import dataclass
from generator.write import Conflict, read_manifest

if TYPE_CHECKING:
    from generator.problems import Problem, Spans

KINDS = frozenset((".py", ".json", ".jinja"))
"""The files that a generator is made of."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The last build, as it stands on the disk."""

    folder: Path
    manifest: Manifest
    texts: list[Text]
    told: list[str]
    """What was said about the documents, to be said again."""


def unchanged(
    specs: Sequence[Path], folder: Path | None, strict: bool
) -> Unchanged | None:
    """The last build of these documents, if the same would come of another; else None.

    With `strict` a build that had anything to say is made again, to be refused.
    """
    for place in [folder] if folder else _named_folders():
        manifest = _manifest(place)
        stamp = manifest.stamp if manifest else None
        if (
            manifest is None
            or stamp is None
            or (folder is None and stamp.name != place.name)
        ):
            continue
        if strict and stamp.told:
            return None
        if _same_documents(specs, place, manifest, stamp) and stamp.tool == tool():
            texts = _texts(place, manifest)
            said = list(told(stamp, place))
            return None if texts is None else Unchanged(place, manifest, texts, said)
    return None


def beside(specs: Sequence[Path], folder: Path) -> Path | None:
    """Another folder here that is a project of these documents, where this one is none yet."""
    if (folder / MANIFEST).exists():
        return None
    for place in _named_folders():
        manifest = _manifest(place)
        stamp = manifest.stamp if manifest else None
        if stamp and stamp.specs == tuple(named(spec, place) for spec in specs):
            return place
    return None


def _named_folders() -> Iterator[Path]:
    """The folders here that a build may have made without being told one."""
    return (path.parent for path in sorted(Path().glob(f"*/{MANIFEST}")))


def _manifest(folder: Path) -> Manifest | None:
    try:
        return read_manifest(folder)
    except (Conflict, OSError):
        return None  # the build itself will tell of it


def _same_documents(
    specs: Sequence[Path], folder: Path, manifest: Manifest, stamp: Stamp
) -> bool:
    given = tuple(named(spec, folder) for spec in specs)
    return given == stamp.specs and all(
        _digest(folder / name) == found for name, found in manifest.documents.items()
    )


def _digest(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def _texts(folder: Path, manifest: Manifest) -> list[Text] | None:
    """Every file of the build; None where one of ours is missing, or is not what was written."""
    texts = [Text(path, Owner.YOURS, "", "") for path in manifest.yours]
    for path, (sha256, source) in manifest.files.items():
        try:
            text = (folder / path).read_text(encoding="utf-8")
        except (OSError, ValueError):
            return None
        if digest(text) != sha256:
            return None
        texts.append(Text(path, Owner.GENERATED, text, source))
    return texts


def stamp_of(
    specs: Sequence[Path],
    folder: Path,
    name: str,
    problems: Sequence[Problem],
    documents: Spans,
) -> Stamp:
    """What the manifest keeps of a build; names of documents in it are relative to the folder."""
    names = sorted(documents.files, key=len, reverse=True)
    told = tuple(_split(text, names, folder) for text in shown(problems, documents))
    return Stamp(tool(), name, tuple(named(spec, folder) for spec in specs), told)


def _split(text: str, names: Iterable[str], folder: Path) -> tuple[str, str]:
    for name in names:
        if text.startswith(f"{visible(name)}:"):
            return named(Path(name), folder), text[len(visible(name)) :]
    return "", text


def told(stamp: Stamp, folder: Path) -> Iterator[str]:
    """What was said about the documents, their names as the user knows them."""
    for name, text in stamp.told:
        lines = "\n".join(map(visible, text.split("\n")))
        file = Path(relpath(folder / name)).as_posix() if name else ""
        yield visible(file) + lines


def named(path: Path, folder: Path) -> str:
    """A document's name in the manifest of a folder."""
    return Path(relpath(path, folder)).as_posix()


@cache
def tool() -> str:
    """The digest of the generator: its modules, its templates, its and Black's versions."""
    found = hashlib.sha256(f"{version('respond-async')} {black_version()}".encode())
    here, templates = Path(__file__).parent, templates_folder()
    for folder in (here, templates):
        for path in sorted(folder.rglob("*.*")):
            inside = path.relative_to(folder)
            if path.suffix in KINDS and "_templates" not in inside.parts:
                found.update(f"\0{inside.as_posix()}\0".encode() + path.read_bytes())
    return found.hexdigest()

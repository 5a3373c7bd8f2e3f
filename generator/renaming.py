"""A project whose packages were called otherwise at the last build."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from generator.manifest import Manifest
from generator.value import dataclass


@dataclass(frozen=True, slots=True)
class Renamed:
    """A project's name and the one it had; `files` are the user's that say the old one."""

    old: str
    new: str
    files: tuple[str, ...]


def renamed(manifest: Manifest | None, folder: Path, name: str) -> Renamed | None:
    """What became of the name that the last build gave; None where it stays."""
    if manifest is None or manifest.stamp is None or manifest.stamp.name == name:
        return None
    old = manifest.stamp.name
    return Renamed(old, name, tuple(_saying(old, folder, manifest.yours)))


def moved_along(manifest: Manifest | None, name: str) -> Manifest | None:
    """The last build as if it had used this name: what it gave the user is not given again."""
    if manifest is None or manifest.stamp is None:
        return manifest
    old = manifest.stamp.name
    again = [path.replace(old, name) for path in manifest.yours]
    yours = tuple(dict.fromkeys([*manifest.yours, *again]))
    return replace(manifest, yours=yours)


def _saying(old: str, folder: Path, yours: tuple[str, ...]) -> Iterator[str]:
    for path in yours:
        try:
            text = (folder / path).read_text(encoding="utf-8")
        except (OSError, ValueError):
            continue
        if f"{old}_service" in text or f"{old}_client" in text:
            yield path

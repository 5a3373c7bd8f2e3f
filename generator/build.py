"""The pipeline on one screen: load → shape → read → meaning → plan → render → steps."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from os.path import relpath
from pathlib import Path
from typing import TYPE_CHECKING

from generator.garbage import uncollected
from generator.problems import Problem, Refused, ordered

if TYPE_CHECKING:
    from generator.load import Documents
    from generator.model import Api
    from generator.plan import Plan
    from generator.write import Step


@dataclass(frozen=True, slots=True)
class Checked:
    """A document that can be built, with what is still worth saying about it."""

    documents: Documents
    api: Api
    plan: Plan
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class Stub:
    """A method that the user's handlers do not have yet."""

    operation: str
    text: str


@dataclass(frozen=True, slots=True)
class Build:
    """All that a build would do; nothing is written until `apply`."""

    folder: Path
    checked: Checked
    steps: list[Step]
    stubs: list[Stub]
    manifest: str

    def apply(self) -> None:
        """Write the files, all of them or none."""
        from generator.write import apply

        apply(self.steps, self.folder, self.manifest)


def check(spec: Path, strict: bool = False) -> Checked:
    """Read one document and everything it refers to.

    Raises Refused with every problem found, when one of them is an error (or, if
    `strict`, a warning).
    """
    from generator.load import load
    from generator.meaning import meaning
    from generator.read.openapi import read
    from generator.render import templates_folder
    from generator.rules.limits import limits
    from generator.shape import shape
    from generator.targets.project import plan

    documents = load(spec)
    problems = shape(documents)
    _stop(problems, documents, strict=False)
    api, found = read(documents)
    problems += found
    problems += limits(api)
    _stop(problems, documents, strict=False)
    problems += meaning(api)
    _stop(problems, documents, strict=False)
    made = plan(api, documents, templates_folder())
    problems += made.problems
    _stop(problems, documents, strict)
    return Checked(documents, api, made, ordered(problems, documents))


def build(
    spec: Path, folder: Path | None = None, force: bool = False, strict: bool = False
) -> Build:
    """Make every file of the project and compare it with the disk.

    Raises Refused for a document that cannot be built, Conflict for a disk that
    may not be written.
    """
    from generator.render import render
    from generator.write import (
        known_texts,
        manifest_text,
        read_manifest,
        standing,
        steps,
    )

    with uncollected():
        checked = check(spec, strict)
        plan = checked.plan
        folder = folder or Path(plan.slug)
        manifest = read_manifest(folder)
        known, kept = known_texts(folder, manifest), standing(plan.files, folder)
        texts = render(plan.files, known, kept)
        sources = [Path(name) for name in checked.documents.roots]
        taken = steps(texts, folder, manifest, sources, force)
        fresh = [
            Stub(name, text)
            for name, text in plan.stubs.items()
            if manifest is not None and name not in manifest.handlers
        ]
        digests = {
            Path(relpath(name, folder)).as_posix(): digest
            for name, digest in checked.documents.digests.items()
        }
        text = manifest_text(version("respond-async"), digests, list(plan.stubs), texts)
        return Build(folder, checked, taken, fresh, text)


def _stop(problems: list[Problem], documents: Documents, strict: bool) -> None:
    fatal = {"error", "warning"} if strict else {"error"}
    if any(problem.severity in fatal for problem in problems):
        raise Refused(ordered(problems, documents), documents)

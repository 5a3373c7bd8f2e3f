"""The pipeline on one screen: load → shape → read → meaning → plan → render → steps."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from os.path import relpath
from pathlib import Path
from typing import TYPE_CHECKING

from generator.garbage import uncollected
from generator.problems import Problem, Refused, ordered
from generator.value import dataclass

if TYPE_CHECKING:
    from generator.leftovers import Asked, Duties, Stub
    from generator.load import Documents
    from generator.model import Api
    from generator.plan import Plan
    from generator.renaming import Renamed
    from generator.render import Text
    from generator.unchanged import Unchanged
    from generator.manifest import Stamp
    from generator.write import Step


@dataclass(frozen=True, slots=True)
class Checked:
    """A document that can be built, with what is still worth saying about it."""

    documents: Documents
    api: Api
    plan: Plan
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class Build:
    """All that a build would do; nothing is written until `apply`."""

    folder: Path
    steps: list[Step]
    manifest: str
    told: list[str]
    """What is worth saying about the documents, as it is shown."""
    checked: Checked | None = None
    """None where nothing had changed, and so nothing was read."""
    duties: Duties | None = None
    renamed: Renamed | None = None
    beside: Path | None = None
    """Another project of the same documents, which may have been meant."""

    def apply(self) -> None:
        """Write the files, all of them or none."""
        from generator.write import apply

        apply(self.steps, self.folder, self.manifest)


def check(
    specs: Path | Sequence[Path], strict: bool = False, drafts: bool = False
) -> Checked:
    """Read the documents of one API and everything they refer to.

    Raises Refused with every problem found, when one of them is an error (or, if
    `strict`, a warning). What only shows when `drafts` are made is looked for where they are.
    """
    from generator.closed import united
    from generator.meaning import meaning
    from generator.merge import loaded, merged
    from generator.render import templates_folder
    from generator.rules.limits import limits
    from generator.shape import shape
    from generator.spread import spread
    from generator.targets.project import plan

    documents, entries = loaded(_listed(specs))
    problems = [found for entry in entries for found in spread(documents, entry)]
    problems += [found for entry in entries for found in shape(documents, entry)]
    _stop(problems, documents, strict=False)
    problems += united(documents)
    api = merged([_read(documents, entry, problems) for entry in entries])
    problems = list(dict.fromkeys(problems))
    problems += limits(api)
    _stop(problems, documents, strict=False)
    problems += meaning(api)
    _stop(problems, documents, strict=False)
    made = plan(api, documents, templates_folder())
    problems += made.problems
    problems += made.doubts() if drafts else []
    _stop(problems, documents, strict)
    return Checked(documents, api, made, ordered(problems, documents))


def _listed(specs: Path | Sequence[Path]) -> list[Path]:
    return [specs] if isinstance(specs, Path) else list(specs)


def _read(documents: Documents, entry: str, problems: list[Problem]) -> Api:
    """What one document says; what is wrong with it comes to the problems."""
    from generator.merge import format_of
    from generator.read import asyncapi, openapi

    is_asyncapi = format_of(documents, entry) == "asyncapi"
    read = asyncapi.read if is_asyncapi else openapi.read
    api, found = read(documents, entry)
    problems += found
    return api


def build(
    specs: Path | Sequence[Path],
    folder: Path | None = None,
    force: bool = False,
    strict: bool = False,
) -> Build:
    """Make every file of the project and compare it with the disk.

    Raises Refused for a document that cannot be built, Conflict for a disk that
    may not be written.
    """
    from generator.unchanged import beside, unchanged

    with uncollected():
        paths = _listed(specs)
        last = unchanged(paths, folder, strict)
        if last is not None:
            return _again(last, force)
        checked = check(paths, strict)
        if folder is not None:
            return _made(checked, paths, folder, force, strict)
        folder = Path(checked.plan.slug)
        other = beside(paths, folder)
        return replace(_made(checked, paths, folder, force, strict), beside=other)


def _made(
    checked: Checked, paths: list[Path], folder: Path, force: bool, strict: bool
) -> Build:
    """What has to be written for a plan, beside what stands there."""
    from generator.leftovers import asked
    from generator.render import render
    from generator.renaming import moved_along, renamed
    from generator.unchanged import stamp_of, told
    from generator.write import known_texts, read_manifest, standing, steps

    plan, documents = checked.plan, checked.documents
    manifest = read_manifest(folder, force)
    called = renamed(manifest, folder, plan.slug)
    manifest = moved_along(manifest, plan.slug)
    known, kept = known_texts(folder, manifest), standing(plan.files, folder, manifest)
    texts = render(plan.files, known, kept)
    sources = [Path(name) for name in documents.roots]
    taken = steps(texts, folder, manifest, sources, force)
    methods = asked(taken, f"{plan.slug}_service")
    drafted = [] if "handlers.py" in kept else plan.doubts()
    _stop(drafted, documents, strict)
    said = _worth_saying([*checked.problems, *drafted])
    stamp = stamp_of(paths, folder, plan.slug, said, documents)
    text = _manifest(checked, folder, texts, stamp)
    before = plan.stubs if manifest is None else manifest.handlers
    fresh = list(_fresh(plan, before, methods))
    left = methods.duties(fresh, folder / "handlers.py")
    heard = list(told(stamp, folder))
    return Build(folder, taken, text, heard, checked, left, called)


def _fresh(plan: Plan, before: Collection[str], methods: Asked) -> Iterator[Stub]:
    """The methods that the handlers need and the last build did not ask for."""
    from generator.leftovers import Stub

    for operation, text in plan.stubs.items():
        if operation not in before:
            yield Stub(operation, text())
        elif methods.now and methods.is_new(made := text()):
            yield Stub(operation, made)


def _manifest(checked: Checked, folder: Path, texts: list[Text], stamp: Stamp) -> str:
    """What the next build has to know of this one."""
    from importlib.metadata import version

    from generator.manifest import manifest_text

    digests = {
        Path(relpath(name, folder)).as_posix(): digest
        for name, digest in checked.documents.digests.items()
    }
    ours = version("respond-async")
    return manifest_text(ours, digests, list(checked.plan.stubs), texts, stamp)


def _again(last: Unchanged, force: bool) -> Build:
    """The last build once more."""
    from generator.manifest import MANIFEST
    from generator.write import steps

    sources = [last.folder / name for name in last.manifest.documents]
    taken = steps(last.texts, last.folder, last.manifest, sources, force)
    text = (last.folder / MANIFEST).read_text(encoding="utf-8")
    return Build(last.folder, taken, text, last.told)


def _worth_saying(problems: list[Problem]) -> list[Problem]:
    """Warnings, and where our paths had to move; other hints are for `gen check`."""
    return [
        problem
        for problem in problems
        if problem.severity == "warning" or problem.code == "paths-moved"
    ]


def _stop(problems: list[Problem], documents: Documents, strict: bool) -> None:
    fatal = {"error", "warning"} if strict else {"error"}
    if any(problem.severity in fatal for problem in problems):
        raise Refused(ordered(problems, documents), documents)

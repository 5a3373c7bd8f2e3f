"""The command `gen`. The only module that prints."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Sequence
from io import TextIOWrapper
from os.path import relpath
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path

    from generator.build import Build, Checked
    from generator.leftovers import Changed, Duties, Leftover, Stub
    from generator.problems import Problem, Refused
    from generator.renaming import Renamed
    from generator.write import Conflict, Step

# Texts, not paths: what is not imported is not waited for by --help.
SPEC = click.Path(exists=True, dir_okay=False)
FOLDER = click.Path(file_okay=False)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="respond-async", prog_name="gen")
def main() -> None:
    """Generate a runnable asynchronous service and its client from an API document."""
    # A terminal that is not UTF-8 is shown an escape, never an error.
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


@main.command()
@click.argument("specs", type=SPEC, nargs=-1, required=True)
@click.option(
    "-o", "folder", type=FOLDER, help="The project's folder [the API's title]."
)
@click.option(
    "--check", is_flag=True, help="Write nothing; exit 1 if anything would change."
)
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be done.")
@click.option("--force", is_flag=True, help="Overwrite generated files edited by hand.")
@click.option("--strict", is_flag=True, help="Take warnings for errors.")
def build(
    specs: tuple[str, ...],
    folder: str | None,
    check: bool,
    dry_run: bool,
    force: bool,
    strict: bool,
) -> None:
    """Write the service and the client of an API document.

    An OpenAPI and an AsyncAPI document, given together, become one service.
    Files marked as yours are written once and never touched again; the others are
    rewritten at every build.
    """
    from pathlib import Path

    from generator.build import build as build_
    from generator.problems import Refused
    from generator.write import Conflict

    try:
        project = None if folder is None else Path(folder)
        made = build_([Path(spec) for spec in specs], project, force, strict)
        for text in made.told:
            click.echo(text, err=True)
        if check:
            sys.exit(_report_drift(made))
        if not dry_run:
            made.apply()
    except Refused as refused:
        sys.exit(_report_refusal([refused], "nothing written"))
    except Conflict as conflict:
        sys.exit(_report_conflict(conflict))
    except OSError as error:
        sys.exit(_report_disk(error))
    _report(made, starts=not dry_run)


@main.command()
@click.argument("specs", type=SPEC, nargs=-1, required=True)
@click.option("--strict", is_flag=True, help="Take warnings for errors.")
def check(specs: tuple[str, ...], strict: bool) -> None:
    """Say everything that is wrong, doubtful or worth knowing about documents.

    Exactly one OpenAPI and one AsyncAPI document are checked as one API.
    """
    from pathlib import Path

    from generator.build import check as check_
    from generator.merge import wholes
    from generator.problems import Refused

    refusals: list[Refused] = []
    for together in wholes([Path(spec) for spec in specs]):
        try:
            checked = check_(together, strict, drafts=True)
            _show(checked.problems, checked)
            name = " + ".join(_shown(spec) for spec in together)
            click.echo(f"{name}: {_counted(checked)}")
        except Refused as refused:
            refusals.append(refused)
        except OSError as error:
            sys.exit(_report_disk(error))
    if refusals:
        sys.exit(_report_refusal(refusals))


@main.command()
def schema() -> None:
    """Print the JSON Schema of a document's x-processing, for editors."""
    from generator.metaschema import FOLDER as folder

    click.echo((folder / "x-processing.json").read_text(encoding="utf-8"), nl=False)


def _counted(checked: Checked) -> str:
    api = checked.api
    operations = {each.id: each.is_async for each in api.operations}
    operations |= {each.id: each.is_async for each in api.exchanges}
    running = sum(operations.values())
    return f"{_many(len(operations), 'operation')} ({running} async), can be built"


def _show(problems: Sequence[Problem], source: Checked | Refused) -> None:
    from generator.problems import shown

    for text in shown(problems, source.documents):
        click.echo(text, err=True)


def _report_refusal(refusals: list[Refused], ending: str | None = None) -> int:
    for refused in refusals:
        _show(refused.problems, refused)
    count = _many(sum(len(refused.problems) for refused in refusals), "problem")
    click.echo(f"{count}, {ending}" if ending else count, err=True)
    return 1


def _report_conflict(conflict: Conflict) -> int:
    for path, reason in conflict.reasons.items():
        click.echo(f"{_shown(conflict.folder / path)}: {reason}", err=True)
    for way in conflict.ways_out:
        click.echo(f"  help: {way}", err=True)
    click.echo(
        f"{_many(len(conflict.reasons), 'file')} in the way, nothing written", err=True
    )
    return 1


def _report_disk(error: OSError) -> int:
    if isinstance(error, BrokenPipeError):  # whoever read our output has had enough
        raise error
    name = f"{_shown(os.fsdecode(error.filename))}: " if error.filename else ""
    click.echo(f"{name}{error.strerror or error}", err=True)
    return 1


def _report_drift(made: Build) -> int:
    from generator.write import diff

    for line in diff(made.steps):
        click.echo(line)
    click.echo(_summary(made.steps), err=True)
    return int(any(step.changes for step in made.steps))


def _report(made: Build, starts: bool) -> None:
    for step in made.steps:
        if step.changes:
            click.echo(f"  {step.action.value}  {_shown(made.folder / step.path)}")
    click.echo(_summary(made.steps))
    if starts and all(step.action.value == "create" for step in made.steps):
        folder = _shown(made.folder)
        enter = "" if folder == "." else f"cd {folder} && "
        click.echo(f"Start it:  {enter}pip install -e '.[service]' && python app.py")
    if made.beside:
        click.echo(
            f"{_shown(made.beside)} is a project of the same document, under another title:"
            f" -o {_shown(made.beside)} goes on with it."
        )
    if made.renamed:
        _report_renamed(made.renamed, made.folder)
    if made.duties:
        _report_duties(made.duties, made.folder)


def _report_renamed(renamed: Renamed, folder: Path) -> None:
    old, new = renamed.old, renamed.new
    click.echo(f"The packages are called {new}_* now; they were {old}_*.")
    if renamed.files:
        files = ", ".join(_shown(folder / path) for path in renamed.files)
        click.echo(f"These of yours say the old name: {files}")
    click.echo(f"Without DATABASE_URL the data are now in {new}.db, not in {old}.db.")
    click.echo(f"To keep the old name, add to info:  x-python-name: {old}")


def _report_duties(duties: Duties, folder: Path) -> None:
    for stub in duties.stubs:
        _report_stub(stub)
    for changed in duties.changed:
        _report_changed(changed, folder)
    if duties.imports:
        click.echo("What is to import for it:\n")
        click.echo("\n".join(duties.imports) + "\n")
    for leftover in duties.leftovers:
        _report_leftover(leftover, folder)


def _report_stub(stub: Stub) -> None:
    new = f"operation {stub.operation}" if stub.operation else "method"
    click.echo(f"New {new}. Add to handlers.py:\n\n{stub.text}")


def _report_changed(changed: Changed, folder: Path) -> None:
    where = _in_handlers(changed.line, folder)
    click.echo(f"{changed.method} is called otherwise now. Change it: {where}\n")
    click.echo(changed.text)


def _report_leftover(leftover: Leftover, folder: Path) -> None:
    where = _in_handlers(leftover.line, folder)
    click.echo(f"Nothing calls {leftover.method} any more. Remove it: {where}")


def _in_handlers(line: int, folder: Path) -> str:
    return f"{_shown(folder / 'handlers.py')}:{line}" if line else "your handlers"


WORDS = {
    "create": "created",
    "update": "updated",
    "remove": "removed",
    "same": "the same",
    "yours": "yours",
}


def _summary(steps: list[Step]) -> str:
    counts = Counter(step.action.value for step in steps)
    parts = [
        f"{counts[action]} {word}" for action, word in WORDS.items() if counts[action]
    ]
    scaffolds = sum(
        s.action.value == "create" and s.owner.value == "yours" for s in steps
    )
    if scaffolds:
        parts.insert(1, f"{scaffolds} of them yours")
    return f"{_many(len(steps), 'file')}: {', '.join(parts)}"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _shown(path: Path | str) -> str:
    """The path from where the user stands."""
    try:
        name = relpath(path)
    except (OSError, ValueError):  # the folder was removed; another drive
        name = os.fspath(path)
    return name.replace(os.sep, "/")

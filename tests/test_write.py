"""What a build does to a disk: all of it or nothing, and never to what is not its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator.manifest import manifest_text
from generator.plan import Owner
from generator.render import Text, digest
from generator.write import (
    Action,
    Conflict,
    apply,
    diff,
    known_texts,
    read_manifest,
    steps,
)

ROOT = Path(__file__).parent.parent


def text(path: str, content: str, owner: Owner = Owner.GENERATED) -> Text:
    return Text(path, owner, content, digest(content))


def write(folder: Path, *texts: Text, force: bool = False) -> list[str]:
    taken = steps(texts, folder, read_manifest(folder), [], force)
    apply(taken, folder, manifest_text("1", {}, [], texts))
    return [f"{step.action.value} {step.path}" for step in taken]


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_build_creates_then_leaves_then_updates_then_removes(tmp_path: Path) -> None:
    assert write(tmp_path, text("a/x.py", "1\n"), text("y.py", "1\n")) == [
        "create a/x.py",
        "create y.py",
    ]
    assert write(tmp_path, text("a/x.py", "1\n"), text("y.py", "2\n")) == [
        "same a/x.py",
        "update y.py",
    ]
    assert write(tmp_path, text("y.py", "2\n")) == ["same y.py", "remove a/x.py"]
    assert not (tmp_path / "a").exists()


def test_a_folder_goes_with_the_last_of_its_files(tmp_path: Path) -> None:
    write(tmp_path, text("a/x.py", "1\n"), text("a/y.py", "1\n"), text("z.py", "1\n"))
    assert write(tmp_path, text("z.py", "1\n")) == [
        "same z.py",
        "remove a/x.py",
        "remove a/y.py",
    ]
    assert not (tmp_path / "a").exists()


def test_your_files_are_written_once(tmp_path: Path) -> None:
    write(tmp_path, text("handlers.py", "first\n", Owner.YOURS))
    (tmp_path / "handlers.py").write_text("mine\n")
    assert write(tmp_path, text("handlers.py", "second\n", Owner.YOURS)) == [
        "yours handlers.py"
    ]
    assert (tmp_path / "handlers.py").read_text() == "mine\n"


def test_a_file_of_yours_that_you_removed_stays_away(tmp_path: Path) -> None:
    yours = text("handlers.py", "first\n", Owner.YOURS)
    write(tmp_path, yours, text("x.py", "1\n"))
    (tmp_path / "handlers.py").unlink()
    for number in range(2):
        again = write(tmp_path, yours, text("x.py", f"{number}\n"), force=True)
        assert [step.split()[1] for step in again] == ["x.py"]
    assert list(tree(tmp_path)) == [".gen.json", "x.py"]


def test_an_emptied_folder_is_filled_again(tmp_path: Path) -> None:
    both = text("handlers.py", "first\n", Owner.YOURS), text("x.py", "1\n")
    write(tmp_path, *both)
    before = tree(tmp_path)
    for name in ("handlers.py", "x.py"):
        (tmp_path / name).unlink()
    write(tmp_path, *both)
    assert tree(tmp_path) == before


def test_your_files_stay_when_they_leave_the_plan(tmp_path: Path) -> None:
    write(tmp_path, text("handlers.py", "mine\n", Owner.YOURS), text("x.py", "1\n"))
    write(tmp_path, text("x.py", "1\n"))
    assert (tmp_path / "handlers.py").read_text() == "mine\n"


@pytest.mark.parametrize("removed", [False, True])
def test_a_hand_edited_file_stops_the_build_by_name(
    tmp_path: Path, removed: bool
) -> None:
    write(tmp_path, text("x.py", "1\n"), text("y.py", "1\n"))
    (tmp_path / "x.py").write_text("edited\n")
    before = tree(tmp_path)
    new = (
        [text("y.py", "2\n")] if removed else [text("x.py", "2\n"), text("y.py", "2\n")]
    )
    with pytest.raises(Conflict) as conflict:
        write(tmp_path, *new)
    assert list(conflict.value.reasons) == ["x.py"]
    assert tree(tmp_path) == before
    write(tmp_path, *new, force=True)
    assert "edited" not in "".join(tree(tmp_path).values())


@pytest.mark.parametrize("force", [False, True])
def test_a_file_of_somebody_else_is_never_overwritten(
    tmp_path: Path, force: bool
) -> None:
    (tmp_path / "x.py").write_text("theirs\n")
    with pytest.raises(Conflict):
        write(tmp_path, text("x.py", "1\n"), force=force)
    assert tree(tmp_path) == {"x.py": "theirs\n"}


def test_a_source_document_is_never_overwritten(tmp_path: Path) -> None:
    spec = tmp_path / "x.json"
    write(tmp_path, text("x.json", "1\n"))
    with pytest.raises(Conflict):
        steps([text("x.json", "2\n")], tmp_path, read_manifest(tmp_path), [spec], True)


def test_a_link_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (inside / "linked").symlink_to(outside)
    with pytest.raises(Conflict):
        write(inside, text("linked/x.py", "1\n"))
    assert tree(outside) == {}


@pytest.mark.parametrize("path", ["../victim", "/etc/victim", "a/../../victim"])
def test_a_manifest_cannot_name_files_outside(tmp_path: Path, path: str) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "victim").write_text("v\n")
    hostile = manifest_text("1", {}, [], [text(path, "v\n")])
    (project / ".gen.json").write_text(hostile)
    with pytest.raises(Conflict):
        write(project, text("x.py", "1\n"))
    assert (tmp_path / "victim").exists()


@pytest.mark.parametrize("broken", ["", "[]", "{}", '{"files": 1}', "null"])
def test_a_broken_manifest_is_a_conflict(tmp_path: Path, broken: str) -> None:
    (tmp_path / ".gen.json").write_text(broken)
    with pytest.raises(Conflict):
        read_manifest(tmp_path)


@pytest.mark.parametrize("failing", range(4))
def test_an_error_while_writing_leaves_the_old_tree(
    tmp_path: Path, failing: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, text("a.py", "1\n"), text("b.py", "1\n"), text("c.py", "1\n"))
    before, replace, calls = tree(tmp_path), os.replace, []

    def breaking(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == failing + 1:
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", breaking)
    new = [text("a.py", "2\n"), text("c.py", "2\n"), text("d/e.py", "2\n")]
    with pytest.raises(OSError):
        write(tmp_path, *new)
    assert tree(tmp_path) == before


def killed(folder: Path, swaps: int, *texts: Text) -> None:
    """A build that ends in the middle of its work, without putting anything back."""
    run = f"""
import os, signal
from generator import write
swap, done = write._swap, []
def dying(*given):
    if len(done) == {swaps}:
        os.kill(os.getpid(), signal.SIGKILL)
    done.append(swap(*given))
write._swap = dying
from pathlib import Path
from generator.manifest import manifest_text
from generator.plan import Owner
from generator.render import Text
given = {[(each.path, each.text, each.source) for each in texts]!r}
texts = [Text(path, Owner.GENERATED, text, source) for path, text, source in given]
folder = Path({str(folder)!r})
taken = write.steps(texts, folder, write.read_manifest(folder), [])
write.apply(taken, folder, manifest_text("1", {{}}, [], texts))
"""
    ended = subprocess.run([sys.executable, "-c", run], cwd=ROOT)
    assert ended.returncode == -9


@pytest.mark.parametrize("swaps", [0, 1, 2, 3])
@pytest.mark.parametrize("first", [True, False])
def test_a_build_that_was_killed_is_finished_by_the_next(
    tmp_path: Path, swaps: int, first: bool
) -> None:
    if not first:
        write(tmp_path, text("a.py", "1\n"), text("b.py", "1\n"), text("c.py", "1\n"))
    killed(tmp_path, swaps, *(text(f"{name}.py", "2\n") for name in "abd"))
    (dead,) = tmp_path.glob(".gen-*")
    write(tmp_path, text("a.py", "3\n"), text("b.py", "3\n"))
    assert dead.exists()  # it may be at work
    os.utime(dead, (0, 0))
    write(tmp_path, text("a.py", "3\n"), text("b.py", "3\n"))
    assert {path: made for path, made in tree(tmp_path).items() if path[0] != "."} == {
        "a.py": "3\n",
        "b.py": "3\n",
    }
    assert list(tree(tmp_path)) == [".gen.json", "a.py", "b.py"]


def test_a_manifest_that_git_could_not_merge_is_forced(tmp_path: Path) -> None:
    yours = text("handlers.py", "mine\n", Owner.YOURS)
    write(tmp_path, text("a.py", "1\n"), text("b.py", "1\n"), yours)
    (tmp_path / "handlers.py").unlink()
    manifest = tmp_path / ".gen.json"
    lines = manifest.read_text().splitlines(keepends=True)
    middle = next(n for n, line in enumerate(lines) if "sha256" in line)
    theirs = ["=======\n", '      "sha256": "0",\n', ">>>>>>> theirs\n"]
    ours = ["<<<<<<< ours\n", lines[middle], *theirs]
    manifest.write_text("".join([*lines[:middle], *ours, *lines[middle + 1 :]]))
    with pytest.raises(Conflict) as conflict:
        read_manifest(tmp_path)
    assert conflict.value.ways_out == [
        "take --force, which writes the generated files anew"
    ]
    new = [text("a.py", "2\n"), yours]
    taken = steps(new, tmp_path, read_manifest(tmp_path, force=True), [], force=True)
    apply(taken, tmp_path, manifest_text("1", {}, [], new))
    assert list(tree(tmp_path)) == [".gen.json", "a.py"]
    assert tree(tmp_path)["a.py"] == "2\n"


def test_known_texts_are_those_nobody_touched(tmp_path: Path) -> None:
    x, y = text("x.py", "1\n"), text("y.py", "2\n")
    write(tmp_path, x, y)
    (tmp_path / "y.py").write_text("edited\n")
    assert known_texts(tmp_path, read_manifest(tmp_path)) == {x.source: "1\n"}


def test_line_ends_of_a_checkout_are_no_edit(tmp_path: Path) -> None:
    write(tmp_path, text("x.py", "1\n2\n"))
    (tmp_path / "x.py").write_bytes(b"1\r\n2\r\n")
    assert write(tmp_path, text("x.py", "1\n3\n")) == ["update x.py"]


def test_the_diff_shows_every_change(tmp_path: Path) -> None:
    write(tmp_path, text("x.py", "1\n"), text("y.py", "1\n"))
    new = [text("x.py", "2\n"), text("z.py", "3\n")]
    shown = list(diff(steps(new, tmp_path, read_manifest(tmp_path), [])))
    assert {"-1", "+2", "+3", "--- /dev/null", "+++ /dev/null"} <= set(shown)


def test_actions_are_the_words_shown() -> None:
    assert [action.value for action in Action] == [
        "create",
        "update",
        "remove",
        "same",
        "yours",
    ]

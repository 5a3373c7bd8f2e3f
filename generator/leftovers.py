"""What a build asks of the user's handlers that the last one did not, or asked otherwise, or asks no longer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path

from generator.value import dataclass
from generator.write import Step

METHOD = re.compile(r"^    (?:async )?def (\w+)\(", re.MULTILINE)
"""A method of a class in a module."""
SIGNATURE = re.compile(
    r"^    @abstractmethod\n    (?:async )?def (\w+)(\(.*?\)) -> (.*?):\n(?=        r?\")",
    re.MULTILINE | re.DOTALL,
)
"""A method of the abstract class: its name, its parameters, what it returns."""
IMPORTED = re.compile(r"^from (\S+) import (\([^)]*\)|.*)$", re.MULTILINE)
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Stub:
    """A method that the user's handlers do not have yet; one without an operation is asked for besides."""

    operation: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Leftover:
    """A method by its name, and the line of the user's `handlers.py` where it stands; 0: not there."""

    method: str
    line: int


@dataclass(frozen=True, slots=True)
class Changed:
    """A method that has another signature now, and the line where the user has it; 0: not there."""

    method: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Method:
    """What the abstract class says of one of its methods."""

    name: str
    parameters: str
    returned: str

    @property
    def text(self) -> str:
        """Its first lines, as the user writes them: a stream is a generator."""
        return f"    async def {self.name}{self.parameters} -> {self.returned}:\n"

    def takes(self, other: Method) -> bool:
        """Whether what was written for the other still does: it may return what it did."""
        return (
            flat(self.parameters) == flat(other.parameters)
            and self.answers >= other.answers
        )

    @property
    def answers(self) -> set[str]:
        whole = flat(self.returned)
        inner = whole.removeprefix("AsyncIterator[")
        members = inner.removesuffix("]") if inner != whole else whole
        return {*members.split(" | "), *(["a stream"] if inner != whole else [])}


@dataclass(frozen=True, slots=True)
class Duties:
    """What a build leaves to the user."""

    stubs: Sequence[Stub]
    changed: Sequence[Changed]
    leftovers: Sequence[Leftover]
    imports: Sequence[str]
    """What the stubs and the changed methods name and the user's `handlers.py` does not."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The methods of the abstract class, by name: those of the last build, and those of this one."""

    before: Mapping[str, Method] = field(default_factory=dict)
    now: Mapping[str, Method] = field(default_factory=dict)
    imports: Mapping[str, str] = field(default_factory=dict)
    """Where what the methods of this build name comes from, by name."""

    def is_new(self, stub: str) -> bool:
        """Whether a method's text is of one that the last build did not ask for."""
        return any(map(self._is_added, METHOD.findall(stub)))

    def duties(self, stubs: Sequence[Stub], handlers: Path) -> Duties:
        """What is to do in the user's `handlers.py`, where these operations are new."""
        whole = [*stubs, *self._beside(stubs)]
        changed = list(self._changed(handlers))
        texts = [stub.text for stub in whole] + [one.text for one in changed]
        gone = list(self._leftovers(handlers))
        return Duties(whole, changed, gone, self._imports(texts, handlers))

    def _is_added(self, name: str) -> bool:
        return bool(self.before) and name in self.now and name not in self.before

    def _beside(self, stubs: Sequence[Stub]) -> Iterator[Stub]:
        """The added methods that are no operation's."""
        told = {name for stub in stubs for name in METHOD.findall(stub.text)}
        for name in filter(self._is_added, self.now):
            if name not in told:
                head = self.now[name].text
                yield Stub(None, f"{head}        raise NotImplementedError\n")

    def _leftovers(self, handlers: Path) -> Iterator[Leftover]:
        """The methods that nothing asks for any more."""
        removed = [one for one in self.before if one not in self.now]
        lines = _lines(_text(handlers)) if removed else {}
        return (Leftover(one, lines.get(one, 0)) for one in removed)

    def _changed(self, handlers: Path) -> Iterator[Changed]:
        """The methods that cannot stay as they were."""
        both = [one for name, one in self.now.items() if name in self.before]
        others = [one for one in both if not one.takes(self.before[one.name])]
        lines = _lines(_text(handlers)) if others else {}
        return (Changed(one.name, lines.get(one.name, 0), one.text) for one in others)

    def _imports(self, texts: Iterable[str], handlers: Path) -> list[str]:
        """The imports of what these texts name and the user's `handlers.py` does not."""
        here = {*WORD.findall(_text(handlers))}
        named = dict.fromkeys(word for text in texts for word in WORD.findall(text))
        wanted: dict[str, list[str]] = {}
        for name in sorted(name for name in named if name not in here):
            if name in self.imports:
                wanted.setdefault(self.imports[name], []).append(name)
        return [f"from {place} import {', '.join(wanted[place])}" for place in wanted]


def asked(steps: Sequence[Step], package: str) -> Asked:
    """What the abstract class in the service's package asks for; nothing where it stays as it is."""
    for step in steps:
        if step.path == f"{package}/handlers.py" and step.before and step.changes:
            imports = dict(_imports(step.after, package))
            return Asked(_methods(step.before), _methods(step.after), imports)
    return Asked()


def flat(text: str) -> str:
    """The text on one line, wherever it was broken."""
    return re.sub(r"(?<=[(\[]) |,? (?=[)\]])", "", " ".join(text.split()))


def _methods(text: str) -> dict[str, Method]:
    return {found[1]: Method(*found.groups()) for found in SIGNATURE.finditer(text)}


def _imports(text: str, package: str) -> Iterator[tuple[str, str]]:
    """Name → the module that the user imports it from: the package offers what its runtime has."""
    for module, names in IMPORTED.findall(text):
        place = module
        if module.startswith("."):
            place = package if module != ".responses" else f"{package}.responses"
        for name in WORD.findall(names):
            yield name, place


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _lines(text: str) -> dict[str, int]:
    """The line of each method of the user's."""
    return {
        each[1]: text.count("\n", 0, each.start(1)) + 1
        for each in METHOD.finditer(text)
    }

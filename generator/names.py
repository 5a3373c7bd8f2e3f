"""Python names made from any text, and the scopes that keep them apart."""

from __future__ import annotations

import keyword
import re
import sys
import unicodedata
from collections.abc import Collection, Iterable
from functools import cache

from generator.problems import Place, Problem
from generator.value import dataclass

KEYWORDS = frozenset(keyword.kwlist)

# Builtins that the emitted code itself uses: a field or an argument of that name would hide them.
BUILTINS = frozenset(
    "bool bytes classmethod dict float frozenset int isinstance len list object "
    "property set staticmethod str super tuple NotImplementedError".split()
)

PYDANTIC = frozenset(
    "construct copy dict fields from_orm json model_computed_fields model_config model_construct "
    "model_copy model_dump model_dump_json model_extra model_fields model_fields_set "
    "model_json_schema model_parametrized_name model_post_init model_rebuild model_validate "
    "model_validate_json model_validate_strings parse_file parse_obj parse_raw schema "
    "schema_json update_forward_refs validate".split()
)

FIELDS = KEYWORDS | BUILTINS | PYDANTIC | {"self", "cls"}
"""What no field of a model may be called."""

ARGUMENTS = KEYWORDS | BUILTINS | {"self", "cls"}
"""What no argument may be called."""

MODULES = KEYWORDS | frozenset(sys.stdlib_module_names)
"""What no module may be called: it would hide the standard library's."""

METHODS = KEYWORDS | {"self"}
"""What no method may be called."""

# Signs that tell names apart when they stand at an end: Twilio's `StartTime<`, GitHub's `+1`.
SIGNS = {
    "+": "plus",
    "-": "minus",
    "<": "lt",
    ">": "gt",
    "!": "not",
    "%": "percent",
    "*": "star",
}

LONGEST = 100
"""Bytes of a file's name, its ending aside; most disks take 255."""

HUMP = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z])" r"|(?<=[A-Z])(?!(?<=O)Auth)(?=[A-Z](?!s(?![a-z]))[a-z])"
)
"""Where a word begins inside a name; OAuth is one."""


@cache
def snake(text: str, place: str = "value") -> str:
    """`orderId` → `order_id`; a name that has no letters is made from `place`."""
    joined = "_".join(words(text)).lower()
    return _started(joined, place)


def constant(text: str, place: str = "VALUE") -> str:
    """`placeOrder` → `PLACE_ORDER`."""
    return _started("_".join(words(text)).upper(), place)


@cache
def pascal(text: str, place: str = "Model") -> str:
    """`new_order` → `NewOrder`; a name that is a class name already stays as it is."""
    if (
        text.isidentifier()
        and text.isascii()
        and text[0].isupper()
        and text not in KEYWORDS
    ):
        return text
    joined = "".join(word[0].upper() + word[1:] for word in words(text))
    return _started(joined, place)


def module_name(text: str, place: str = "api") -> str:
    """A name for a module that hides no module of the standard library."""
    name = shortened(snake(text, place))
    return name + "_" if name in MODULES else name


def shortened(name: str) -> str:
    """A name that a file can have."""
    return name.encode()[:LONGEST].decode(errors="ignore").rstrip("_")


def words(text: str) -> list[str]:
    """The words of a name, whatever joins them; Latin letters lose their accents."""
    kept = _signed(_latin(unicodedata.normalize("NFKC", text)))
    if not ("_" + kept).isidentifier():
        kept = "".join(char if ("_" + char).isidentifier() else " " for char in kept)
    spaced = HUMP.sub("_", kept.replace("_", " "))
    return [word for word in re.split(r"[ _]+", spaced) if word]


def _signed(text: str) -> str:
    """Signs at either end become words."""
    start = len(text) - len(text.lstrip("+-<>!%*"))
    end = len(text.rstrip("+-<>!%*"))
    if not start and end == len(text):
        return text
    if start >= end:
        return " ".join(SIGNS[sign] for sign in text if sign in SIGNS) or text
    return " ".join(
        [
            *(
                SIGNS[sign]
                for sign in text[:start]
                if sign != "-" or text[start].isdigit()
            ),
            text[start:end],
            *(SIGNS[sign] for sign in text[end:] if sign != "-"),
        ]
    )


def _latin(text: str) -> str:
    """`é` → `e`; letters of other scripts stay as they are."""
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFD", text)
    kept: list[str] = []
    for char in parts:
        if unicodedata.combining(char) and kept and kept[-1].isascii():
            continue
        kept.append(char)
    return unicodedata.normalize("NFKC", "".join(kept))


def _started(name: str, place: str) -> str:
    if not name:
        return place
    if not name.isidentifier():
        return (
            f"{place}_{name}"
            if place[-1:].islower() and place.islower()
            else f"{place}{name}"
        )
    return name


@dataclass(frozen=True, slots=True)
class Collision:
    """Two things that wanted one name; the second got `name`."""

    wanted: str
    name: str
    first: str
    second: str
    at: Place | None

    def problem(self, where: str) -> Problem:
        """The collision in the user's words; `where` is the scope: `parameters of listOrders`."""
        kind, of, whole = where.partition(" of ")
        return Problem(
            "name-collision",
            self.at or Place(""),
            f'{kind} "{self.first}" and "{self.second}"{of}{whole} would both be {self.wanted}, '
            f'so "{self.second}" is called {self.name}',
            f"add x-python-name: {self.name} to one of them",
            "warning",
        )


class Scope:
    """The names of one place in the emitted code: each is given once, in the order they are asked for."""

    def __init__(self, reserved: Collection[str] = (), *, folded: bool = False) -> None:
        self._reserved = reserved
        self._folded = folded
        self._owners: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        """The number at which a name is not yet taken, where many have wanted it."""
        self.collisions: list[Collision] = []

    def keep(self, names: Iterable[str]) -> None:
        """Hold names that something else in the scope uses."""
        for name in names:
            self._owners.setdefault(self._key(name), name)

    def take(self, wanted: str, of: str | None = None, at: Place | None = None) -> str:
        """The name for `of`, the text it was made from: `wanted`, unless it is reserved or taken."""
        of = wanted if of is None else of
        free = wanted + "_" if wanted in self._reserved else wanted
        name = free
        if self.holds(free):
            name = self._numbered(free)
            first = self._owners[self._key(free)]
            self.collisions.append(Collision(free, name, first, of, at))
        self._owners[self._key(name)] = of
        return name

    def _numbered(self, wanted: str) -> str:
        name, number = wanted, self._numbers.get(wanted, 2)
        while self.holds(name):
            name, number = f"{wanted.rstrip('_')}_{number}", number + 1
        self._numbers[wanted] = number
        return name

    def holds(self, name: str) -> bool:
        return self._key(name) in self._owners or name in self._reserved

    def _key(self, name: str) -> str:
        return name.casefold() if self._folded else name

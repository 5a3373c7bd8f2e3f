"""Searching for patterns that a stranger wrote: Python's search may take for ever, so it is bounded.

A search that could take too many steps is not made, and its answer is None. The bound counts steps
and no time: the same document always gets the same answers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import field
from functools import cache
from typing import Any

from generator.patterns import is_in
from generator.value import dataclass

ONE = 300_000
"""Steps that one search may take."""

ALL = 100_000_000
"""Steps that all searches for one document may take."""

SIGNS = (*map(chr, range(128)), "é", "名")
"""The characters that tell whether two sets overlap."""

ANYTHING = frozenset(SIGNS)


@dataclass(slots=True)
class Searches:
    """The searches for one document, and the steps that are left for them."""

    left: float = ALL

    def found(self, pattern: str, text: str) -> bool | None:
        """Whether a pattern is found in a text; None where that cannot be told."""
        steps = steps_of(pattern, len(text))
        if steps > min(ONE, self.left):
            return None
        self.left -= steps
        return re.search(pattern, text) is not None


def bounded(searches: Searches) -> Any:
    """A class of jsonschema's validators that searches within the bound, and lets pass what is beyond."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    plain = Draft202012Validator.VALIDATORS

    def pattern(validator: Any, wanted: str, value: Any, schema: Any) -> Iterator[Any]:
        if not isinstance(value, str) or searches.found(wanted, value) is False:
            yield from plain["pattern"](validator, wanted, value, schema)

    def known(keyword: str) -> Any:
        def check(validator: Any, given: Any, value: Any, schema: Any) -> Iterator[Any]:
            patterns = schema.get("patternProperties", ())
            names = value if isinstance(value, dict) else ()
            told = (searches.found(one, name) for one in patterns for name in names)
            if None not in told:
                yield from plain[keyword](validator, given, value, schema)

        return check

    named = ("patternProperties", "additionalProperties")
    return extend(  # type: ignore[no-untyped-call]
        Draft202012Validator,
        {"pattern": pattern} | {name: known(name) for name in named},
    )


def found(pattern: str, text: str) -> bool | None:
    """Whether a pattern is found in a text; None where that may take too many steps."""
    return Searches(ONE).found(pattern, text)


def steps_of(pattern: str, length: int) -> float:
    """At most so many steps does the search in a text of a length take."""
    cost = cost_of(pattern)
    if cost is None or not length:
        return math.inf if cost is None else 1
    bits = cost.fixed + cost.open * math.log2(length + 1)
    starts = 1 if cost.anchored else length
    wild = cost.wild * length
    return starts * 2 ** min(bits + wild, 100) + length


@dataclass(frozen=True, slots=True)
class Cost:
    """What a pattern costs, as powers of two, where it meets a text that it nearly fits."""

    fixed: float = 0
    """Choices that are bounded, in bits."""
    open: int = 0
    """Repeats that go on as long as the text."""
    wild: float = 0
    """Choices made again for each character, in bits: these are what makes a search endless."""
    anchored: bool = False

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.fixed + other.fixed, self.open + other.open, self.wild + other.wild
        )

    @property
    def rank(self) -> tuple[float, float, float]:
        return self.wild, self.open, self.fixed


@dataclass(slots=True)
class Part:
    """A piece of a pattern: what it costs, the characters it takes, whether it takes any always."""

    cost: Cost = field(default_factory=Cost)
    signs: frozenset[str] = frozenset()
    needed: bool = False
    delimited: bool = False
    """Whether something in it tells where it begins or ends, each time it is repeated."""


@cache
def cost_of(pattern: str) -> Cost | None:
    """The cost of a pattern in Python's words; None for one that is not to be searched for."""
    try:
        parsed: Any = getattr(re, "_parser").parse(pattern)
        part = _sequence(parsed)
    except (re.error, RecursionError, OverflowError, KeyError):
        return None
    first = str(parsed[0][1]) if len(parsed) and str(parsed[0][0]) == "AT" else ""
    cost = part.cost
    return Cost(cost.fixed, cost.open, cost.wild, first.startswith("AT_BEGINNING"))


def _sequence(parsed: Iterable[Any]) -> Part:
    """Choices multiply until a character comes that none of them could have taken."""
    parts = [_part(str(operation), argument) for operation, argument in parsed]
    worst, run, taken = Cost(), Cost(), frozenset[str]()
    for part in parts:
        if part.needed and part.cost == Cost() and not part.signs & taken:
            worst, run, taken = max((worst, run), key=_rank), Cost(), frozenset()
        elif part.cost != Cost():
            run, taken = run + part.cost, taken | part.signs
    return Part(
        max((worst, run), key=_rank),
        frozenset().union(*(part.signs for part in parts)),
        any(part.needed for part in parts),
        any(_delimits(index, parts) for index in range(len(parts)))
        or (len(parts) == 1 and parts[0].delimited),
    )


def _rank(cost: Cost) -> tuple[float, float, float]:
    return cost.rank


def _delimits(index: int, parts: list[Part]) -> bool:
    """Whether a part takes always the same character, which no other part takes."""
    part = parts[index]
    if not part.needed or part.cost != Cost() or len(parts) > 50:
        return False
    others = (other for at, other in enumerate(parts) if at != index)
    return not any(part.signs & other.signs for other in others)


def _part(name: str, argument: Any) -> Part:
    if name == "AT":
        return Part()
    if name in ("LITERAL", "NOT_LITERAL", "IN", "ANY"):
        return Part(signs=_signs(name, argument), needed=True)
    if name == "SUBPATTERN":
        return _sequence(argument[3])
    if name == "BRANCH":
        return _branch([_sequence(one) for one in argument[1]])
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, most, inside = argument
        return _repeat(int(least), int(most), _sequence(inside))
    if name in ("ASSERT", "ASSERT_NOT"):
        return Part(_sequence(argument[1]).cost)
    if name == "GROUPREF":
        return Part(Cost(open=1), ANYTHING)
    return Part(Cost(wild=1), ANYTHING)


def _branch(parts: list[Part]) -> Part:
    """Alternatives that begin alike, or may be empty, are a choice that no sign tells the end of."""
    signs = frozenset[str]().union(*(part.signs for part in parts))
    apart = all(part.needed for part in parts) and (
        sum(len(part.signs) for part in parts) == len(signs)
    )
    worst = max((part.cost for part in parts), key=_rank)
    choice = Cost() if apart else Cost(fixed=math.log2(len(parts)))
    needed = all(part.needed for part in parts)
    return Part(worst + choice, signs if apart else ANYTHING, needed)


def _repeat(least: int, most: int, inside: Part) -> Part:
    cost = inside.cost
    endless = most > 1000
    own = Cost(open=1) if endless else Cost(fixed=math.log2(most - least + 1))
    if inside.delimited and not cost.wild and not cost.fixed:
        total = max((cost, own), key=_rank)
    elif cost == Cost() or most <= 1:
        total = cost + own
    elif endless:
        total = cost + Cost(wild=max(1, cost.fixed + cost.wild))
    else:
        total = Cost(cost.fixed * most, cost.open * most, cost.wild) + own
    needed = inside.needed and least > 0
    return Part(total if least != most or most > 1 else cost, inside.signs, needed)


@cache
def _literal(code: int) -> frozenset[str]:
    return frozenset((chr(code) if code < 128 else "名",))


def _signs(name: str, argument: Any) -> frozenset[str]:
    if name == "LITERAL":
        return _literal(argument)
    if name == "ANY":
        return ANYTHING
    found = {sign for sign in SIGNS if is_in(sign, name, argument)}
    beyond = name == "IN" and not found.issuperset("é名")
    return frozenset(found | {"é", "名"} if beyond and _wide(argument) else found)


def _wide(argument: Any) -> bool:
    """Whether a class names anything beyond ASCII."""
    return any(
        str(kind) == "CATEGORY"
        or (str(kind) == "LITERAL" and inside > 127)
        or (str(kind) == "RANGE" and inside[1] > 127)
        for kind, inside in argument
    )

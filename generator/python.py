"""Python source made from any text: names, literals, docstrings, signatures, imports.

The only place where text of a document becomes code. Whatever the text is, it comes out as data.
"""

from __future__ import annotations

import json
import math
import re
import sys
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import field
from functools import lru_cache
from typing import NamedTuple

from generator.model import Json
from generator.names import (
    ARGUMENTS,
    BUILTINS,
    FIELDS,
    KEYWORDS,
    METHODS,
    MODULES,
    PYDANTIC,
    Collision,
    Scope,
    constant,
    module_name,
    pascal,
    snake,
    words,
)
from generator.value import dataclass

__all__ = [
    "ARGUMENTS",
    "BUILTINS",
    "FIELDS",
    "KEYWORDS",
    "METHODS",
    "MODULES",
    "PYDANTIC",
    "WIDTH",
    "Collision",
    "Import",
    "Imports",
    "Scope",
    "Signature",
    "call",
    "constant",
    "docstring",
    "literal",
    "module_name",
    "pascal",
    "snake",
    "string",
    "tuple_of",
    "words",
]

WIDTH = 88
DEEP = 60
"""Brackets nested deeper than this become a JSON text: Python's parser has a limit."""
MANY = 20_000
"""How many docstrings are remembered: one text is said in several places."""


# Literals


def string(text: str) -> str:
    """A string literal for any text, quoted as Black quotes it."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_escaped(char, quote) for char in text) + quote


def _escaped(char: str, quote: str) -> str:
    if char == quote or char == "\\":
        return "\\" + char
    if char.isprintable():
        return char
    if char in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[char]
    code = ord(char)
    return (
        f"\\x{code:02x}"
        if code < 256
        else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
    )


def literal(value: Json, indent: int = 0, used: int | None = None) -> str:
    """A JSON value as Python source.

    `indent` is the indent of the statement, `used` the columns taken on the literal's first line, what
    follows it included; a literal that does not fit is exploded as Black explodes it.
    """
    if isinstance(value, str):
        return string(value)
    if isinstance(value, (list, dict)) and _depth(value) > DEEP:
        return f"__import__('json').loads({string(json.dumps(value))})"
    return _literal(value, indent, indent if used is None else used)


def _literal(value: Json, indent: int, used: int) -> str:
    if isinstance(value, str):
        return string(value)
    if isinstance(value, float):
        return _number(value)
    if not isinstance(value, (list, dict)):
        return repr(value)
    line = _flat(value)
    if used + len(line) <= WIDTH or not value:
        return line
    return _exploded(value, indent)


def _flat(value: Json) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_flat(item) for item in value) + "]"
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{string(key)}: {_flat(item)}" for key, item in value.items())
            + "}"
        )
    return _literal(value, 0, 0)


def _exploded(value: list[Json] | dict[str, Json], indent: int) -> str:
    pad = " " * (indent + 4)
    if isinstance(value, list):
        lines = [_literal(item, indent + 4, indent + 5) for item in value]
        opening, closing = "[", "]"
    else:
        lines = [_entry(key, item, indent + 4) for key, item in value.items()]
        opening, closing = "{", "}"
    inside = "".join(f"{pad}{line},\n" for line in lines)
    return f"{opening}\n{inside}{' ' * indent}{closing}"


def _entry(key: str, item: Json, indent: int) -> str:
    name = string(key) + ": "
    return name + _literal(item, indent, indent + len(name) + 1)


def _number(value: float) -> str:
    if math.isinf(value):
        return 'float("inf")' if value > 0 else 'float("-inf")'
    return 'float("nan")' if math.isnan(value) else repr(value).replace("e+", "e")


def _depth(value: Json) -> int:
    deepest, stack = 0, [(value, 1)]
    while stack:
        item, depth = stack.pop()
        deepest = max(deepest, depth)
        if isinstance(item, dict):
            stack.extend((inner, depth + 1) for inner in item.values())
        elif isinstance(item, list):
            stack.extend((inner, depth + 1) for inner in item)
    return deepest


# Docstrings


@lru_cache(MANY)
def docstring(text: str | None, indent: int = 4, default: str = "") -> str:
    """A docstring for any text, quotes included, its first line not indented; "" for no text."""
    said = _clean(text or "") or _clean(default)
    if not said:
        return ""
    lines = _wrapped(said, WIDTH - indent)
    body = [_quotable(line) for line in lines]
    if len(body) == 1 and indent + len(body[0]) + 6 <= WIDTH:
        return f'"""{_padded(body[0])}"""'
    pad = " " * indent
    rest = [pad + line if line else "" for line in body[1:]]
    return "\n".join(['"""' + _opened(body[0]), *rest, pad + '"""'])


def _clean(text: str) -> str:
    if text.isprintable():
        return text.strip()
    lines = text.expandtabs(4).splitlines()
    return "\n".join([line.rstrip() for line in lines]).strip()


def _wrapped(text: str, width: int) -> list[str]:
    if "\n" not in text:
        return _folded(text, width - 6)
    lines: list[str] = []
    for paragraph in text.split("\n\n"):
        lines += [""] if lines else []
        for line in _lines(paragraph, width):
            lines.extend(_folded(line, width - 6 if not lines else width))
    return lines


NOT_PROSE = re.compile(r"[^\w(\[\"'`]|\d+[.)] |$")
"""How a line begins that stands alone: a list's, a table's, a heading's, code."""


def _lines(paragraph: str, width: int) -> list[str]:
    """The lines of a paragraph; of one that must be folded anyway, one line in all."""
    lines = paragraph.split("\n")
    if len(lines[0]) <= width - 6 and max(map(len, lines)) <= width:
        return lines
    return lines if any(map(NOT_PROSE.match, lines)) else [" ".join(lines)]


def _folded(line: str, width: int) -> list[str]:
    if len(line) <= width or line.startswith(("    ", "|")):
        return [line]
    lead = re.match(r" *(?:[-*+] |\d+[.)] )?", line)
    hang = " " * len(lead.group()) if lead else ""
    return textwrap.wrap(
        line,
        max(width, 30),
        subsequent_indent=hang,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _quotable(line: str) -> str:
    if line.isprintable() and '"' not in line and "\\" not in line:
        return line
    escaped = "".join(
        "\\\\" if char == "\\" else char if char.isprintable() else _escaped(char, '"')
        for char in line
    )
    return escaped.replace('"""', '\\"\\"\\"')


def _opened(line: str) -> str:
    return " " + line if line.startswith('"') else line


def _padded(line: str) -> str:
    return _opened(line) + (" " if line.endswith('"') else "")


# Signatures and calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """The head of a function: `def name(params) -> returns`, without its colon."""

    name: str
    params: tuple[str, ...] = ()
    returns: str = "None"
    is_async: bool = False
    indent: int = 0

    @property
    def text(self) -> str:
        """As Black prints it, from the first word on; the lines below carry the indent."""
        head = f"{'async ' if self.is_async else ''}def {self.name}"
        return _bracketed(head, self.params, f" -> {self.returns}", self.indent, 1)

    def __str__(self) -> str:
        return self.text


def call(head: str, arguments: Iterable[str], indent: int = 0, used: int = 0) -> str:
    """`head(arguments)` as Black prints it; `used` columns come before it or after it on its line."""
    return _bracketed(head, tuple(arguments), "", indent, used)


def tuple_of(items: Iterable[str]) -> str:
    """`(a, b)`, `(a,)` or `()`: a tuple of expressions."""
    listed = list(items)
    return f"({', '.join(listed)}{',' if len(listed) == 1 else ''})"


def targets_of(names: Sequence[str]) -> str:
    """`a, b` or `(a,)`: what a tuple is assigned to, without the brackets that Black takes away."""
    return ", ".join(names) if len(names) > 1 else tuple_of(names)


def _bracketed(
    head: str, items: tuple[str, ...], tail: str, indent: int, used: int
) -> str:
    inside = ", ".join(items)
    line = f"{head}({inside}){tail}"
    if not items or indent + len(line) + used <= WIDTH and "\n" not in line:
        return line
    pad = " " * (indent + 4)
    if len(pad) + len(inside) <= WIDTH and "\n" not in inside:
        return f"{head}(\n{pad}{inside}\n{' ' * indent}){tail}"
    lines = "".join(
        [f"{pad}{item}{'' if item.startswith('**') else ','}\n" for item in items]
    )
    return f"{head}(\n{lines}{' ' * indent}){tail}"


# Imports


class Import(NamedTuple):
    """`from module import name`; without a name, `import module`."""

    module: str
    name: str = ""


@dataclass(slots=True)
class Imports:
    """The imports that a module needs, collected while its text is made."""

    wanted: set[Import] = field(default_factory=set)

    def add(self, module: str, name: str = "") -> None:
        self.wanted.add(Import(module, name))

    def update(self, imports: Iterable[Import]) -> None:
        self.wanted.update(imports)

    @property
    def text(self) -> str:
        """The blocks, sorted: future, standard library, packages, our own; no line end after the last."""
        blocks: list[list[str]] = [[], [], [], []]
        for module, names in self._modules().items():
            blocks[_group(module)] += _import_lines(module, names)
        return "\n\n".join("\n".join(block) for block in blocks if block)

    def _modules(self) -> dict[str, list[str]]:
        """The modules that are imported from, in order, with the names."""
        modules: dict[str, list[str]] = {}
        for module, name in sorted(self.wanted):
            modules.setdefault(module, []).append(name)
        return modules

    def __str__(self) -> str:
        return self.text


def _group(module: str) -> int:
    if module == "__future__":
        return 0
    if module.startswith("."):
        return 3
    return 1 if module.split(".")[0] in sys.stdlib_module_names else 2


def _import_lines(module: str, names: list[str]) -> list[str]:
    lines = [f"import {module}"] if "" in names else []
    listed = [name for name in names if name]
    if listed:
        line = f"from {module} import {', '.join(listed)}"
        exploded = (
            f"from {module} import (\n"
            + "".join(f"    {name},\n" for name in listed)
            + ")"
        )
        lines.append(line if len(line) <= WIDTH else exploded)
    return lines

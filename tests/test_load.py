"""Loading: text → plain data that knows its places, and the way along $refs."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import generator.source
import generator.yaml_text
from generator.json_text import find_marks, read_json
from generator.load import Documents, load
from generator.marks import span
from generator.model import Json
from generator.problems import Place, Problem, Refused
from generator.source import Source
from generator.yaml_text import read_yaml


def read(text: str) -> Json:
    return read_yaml(Source("a.yaml", text))[0]


def loaded(folder: Path, files: dict[str, str], entry: str = "a.yaml") -> Documents:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return load(folder / entry)


def refused(documents: Documents, place: Place, ref: str) -> Problem:
    with pytest.raises(Refused) as caught:
        documents.resolve(place, ref)
    (problem,) = caught.value.problems
    return problem


def shown(documents: Documents, *path: str | int, key: bool = False) -> str:
    """The text below the caret of a place."""
    at = documents.span(Place(documents.entry, path, key))
    return at.text[at.column - 1 : at.column - 1 + at.length]


# Scalars


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("No", "No"),
        ("y", "y"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("Null", None),
        ("12:30", "12:30"),
        ("12:30:45", "12:30:45"),
        ("2026-11-22", "2026-11-22"),
        ("1_000", "1_000"),
        ("0o17", 15),
        ("017", 17),
        ("0x1F", 31),
        ("+12", 12),
        ("-7", -7),
        ("1.0", 1.0),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.2.3", "1.2.3"),
        ("'12'", "12"),
        ("!!str 12", "12"),
        ("! 12", "12"),
        ("=", "="),
        ("<<", "<<"),
    ],
)
def test_scalars_are_read_as_yaml_1_2_core(text: str, value: Json) -> None:
    assert read(f"a: {text}\n") == {"a": value}
    found = read(f"a: {text}\n")
    assert isinstance(found, dict) and type(found["a"]) is type(value)


def test_keys_are_always_text() -> None:
    assert read("200: a\ntrue: b\n1.0: c\nnull: d\n? e\n: f\n") == {
        "200": "a",
        "true": "b",
        "1.0": "c",
        "null": "d",
        "e": "f",
    }


def test_merge_keys_give_way_to_the_mappings_own() -> None:
    text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc:\n  y: 5\n  <<: [*a, *b]\n"
    found = read(text)
    assert isinstance(found, dict)
    assert found["c"] == {"x": 1, "y": 5, "z": 4}


def test_aliases_stand_for_the_very_value() -> None:
    found = read("a: &a {x: 1}\nb: *a\nc: &c text\nd: *c\n&k e: 1\nf: *k\n")
    assert found == {
        "a": {"x": 1},
        "b": {"x": 1},
        "c": "text",
        "d": "text",
        "e": 1,
        "f": "e",
    }


TEXT = st.text(
    st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=90
)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4)
    ),
    max_leaves=30,
)


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_yaml_reads_json_as_json_does(value: Json) -> None:
    assert read(json.dumps({"a": value})) == {"a": value}


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_every_place_of_json_is_found_where_the_yaml_reader_finds_it(
    value: Json,
) -> None:
    text = json.dumps({"a": value}, indent=1)
    source = Source("a.json", text)
    root = read_json(source)
    marks = find_marks(source, root)
    other, by_yaml = read_yaml(source)
    assert root == other == {"a": value}
    for path in _paths(root):
        place = Place("a.json", path)
        assert span(source, root, marks, place) == span(source, other, by_yaml, place)


def _paths(root: Json) -> list[tuple[str | int, ...]]:
    found: list[tuple[str | int, ...]] = []
    stack: list[tuple[tuple[str | int, ...], Json]] = [((), root)]
    while stack:
        path, value = stack.pop()
        found.append(path)
        if isinstance(value, dict):
            stack += [((*path, key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            stack += [((*path, index), inner) for index, inner in enumerate(value)]
    return found


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet="ab:-[]{}&*!<>|'\"%@#,? \n\t\\0.1~é\x85\u2028\ufeff", max_size=60)
)
def test_no_text_ends_in_a_traceback(text: str) -> None:
    for name in ("a.yaml", "a.json"):
        source = Source(name, text)
        try:
            root, marks = read_yaml(source)
        except Refused as caught:
            assert all(problem.message for problem in caught.problems)
            continue
        for path in _paths(root):
            span(source, root, marks, Place(name, path))
            span(source, root, marks, Place(name, path, True))


@given(st.binary(max_size=80))
def test_no_bytes_end_in_a_traceback(content: bytes) -> None:
    try:
        generator.source.decode(content, "a.yaml")
    except Refused as caught:
        assert caught.problems[0].code == "not-utf-8"


# Places


def test_a_place_is_shown_by_its_value_or_by_the_key_of_a_block(tmp_path: Path) -> None:
    text = (
        "info: {title: 'Lamps', version: 1.10, list: [1, two]}\n"
        "paths:\n"
        "  /lamps: # a comment\n"
        "    get: &x !!map\n"
        "      summary: all of them # a comment\n"
        "      tags:\n"
        "        - name: lamps\n"
        "        - &y second\n"
        '      "quoted \\" key": >\n'
        "        folded\n"
        "  empty:\n"
    )
    documents = loaded(tmp_path, {"a.yaml": text})
    assert shown(documents, "info", "title") == "'Lamps'"
    assert shown(documents, "info", "version") == "1.10"
    assert shown(documents, "info", "list") == "[1, two]"
    assert shown(documents, "info", "list", 1) == "two"
    assert shown(documents, "info", key=True) == "info"
    assert shown(documents, "paths", "/lamps") == "/lamps"
    assert shown(documents, "paths", "/lamps", "get") == "get"
    assert shown(documents, "paths", "/lamps", "get", "summary") == "all of them"
    assert shown(documents, "paths", "/lamps", "get", "tags", 0) == "name: lamps"
    assert shown(documents, "paths", "/lamps", "get", "tags", 1) == "second"
    quoted = 'quoted " key'
    assert (
        shown(documents, "paths", "/lamps", "get", quoted, key=True)
        == r'"quoted \" key"'
    )
    assert shown(documents, "paths", "empty", key=True) == "empty"
    assert shown(documents, "paths", "nowhere") == "paths"


def test_merged_values_are_found_where_they_were_written(tmp_path: Path) -> None:
    text = "a: &a\n  x: one\nb:\n  <<: *a\n  y: two\n"
    documents = loaded(tmp_path, {"a.yaml": text})
    assert documents.span(Place(documents.entry, ("b", "x"))).line == 2
    assert shown(documents, "b", "y") == "two"


def test_a_scalar_can_be_had_as_it_is_written(tmp_path: Path) -> None:
    documents = loaded(
        tmp_path, {"a.yaml": "a: {v: 1.10}\nb: 0x10 # c\nc: '1.0'\nd: {}\n"}
    )
    entry = documents.entry
    assert documents.value(Place(entry, ("a", "v"))) == 1.1
    assert documents.text_of(Place(entry, ("a", "v"))) == "1.10"
    assert documents.text_of(Place(entry, ("b",))) == "0x10"
    assert documents.text_of(Place(entry, ("c",))) is None
    assert documents.text_of(Place(entry, ("d",))) is None


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_an_editor_counts_them(
    tmp_path: Path, line_end: str
) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(f"\ufeff# é{line_end}a: 1{line_end}b: two{line_end}".encode())
    documents = load(path)
    at = documents.span(Place(documents.entry, ("b",)))
    assert (at.line, at.column, at.text) == (3, 4, "b: two")


def test_files_are_named_from_where_the_user_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    loaded(tmp_path, {"specs/a.yaml": "a: 1\n"}, "specs/a.yaml")
    monkeypatch.chdir(tmp_path)
    assert load(Path("specs/a.yaml")).entry == "specs/a.yaml"
    monkeypatch.chdir(tmp_path / "here")
    assert load(tmp_path / "specs/a.yaml").entry == "../specs/a.yaml"


# Files


def test_utf_16_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes("a: größe\n".encode("utf-16"))
    assert load(tmp_path / "a.yaml").root == {"a": "größe"}


def test_a_json_file_with_a_comma_too_many_is_read_with_a_hint(tmp_path: Path) -> None:
    documents = loaded(tmp_path, {"a.json": '{"a": [1, 2,],\n}'}, "a.json")
    assert documents.root == {"a": [1, 2]}
    assert [(p.code, p.severity) for p in documents.warnings] == [
        ("invalid-json", "hint")
    ]


def test_a_yaml_file_that_holds_json_is_read_as_json(tmp_path: Path) -> None:
    text = '{"a": "\\ud83d\\ude00",\n\t"b": 1.0}'
    assert loaded(tmp_path, {"a.yaml": text}).root == {"a": "😀", "b": 1.0}


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("nowhere.yaml", "missing-file"),
        (".", "unreadable-file"),
        ("a\0b", "missing-file"),
    ],
)
def test_what_is_no_file_is_a_problem(tmp_path: Path, path: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        load(tmp_path / path)
    assert caught.value.problems[0].code == code


def test_a_file_that_is_too_large_is_not_even_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator.source, "MAX_BYTES", 10)
    with pytest.raises(Refused) as caught:
        loaded(tmp_path, {"a.yaml": "a: a long text\n"})
    assert caught.value.problems[0].code == "document-too-large"


def test_aliases_may_stand_for_much_but_not_for_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = ["a0: &a0 [x, x, x, x]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 6)]
    text = "\n".join(lines)
    read(text)
    monkeypatch.setattr(generator.yaml_text, "MAX_ALIASED", 1000)
    with pytest.raises(Refused) as caught:
        read(text)
    assert caught.value.problems[0].code == "alias-bomb"


def test_aliases_cannot_build_a_tower() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 300))]
    with pytest.raises(Refused) as caught:
        read("\n".join(lines))
    assert caught.value.problems[0].code == "document-too-deep"


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
@pytest.mark.parametrize("name", ["a.yaml", "a.json"])
def test_a_deep_document_is_a_problem(tmp_path: Path, opening: str, name: str) -> None:
    with pytest.raises(Refused) as caught:
        loaded(tmp_path, {name: opening * 100_000}, name)
    assert caught.value.problems[0].code in (
        "document-too-deep",
        "invalid-yaml",
        "invalid-json",
    )


def test_a_deep_json_document_is_a_problem(tmp_path: Path) -> None:
    for depth in (201, 100_000):
        with pytest.raises(Refused) as caught:
            loaded(tmp_path, {"a.json": "[" * depth + "]" * depth}, "a.json")
        assert caught.value.problems[0].code == "document-too-deep"
    assert loaded(tmp_path, {"a.json": "[" * 200 + "]" * 200}, "a.json")


def test_an_endless_number_is_a_problem(tmp_path: Path) -> None:
    for name in ("a.yaml", "a.json"):
        with pytest.raises(Refused) as caught:
            loaded(tmp_path, {name: '{"a": ' + "9" * 5000 + "}"}, name)
        assert caught.value.problems[0].code == "invalid-number"


def test_every_duplicate_key_is_told() -> None:
    with pytest.raises(Refused) as caught:
        read("a: &k a\nb: {c: 1, c: 2}\na: 2\n*k : 3\n")
    lines = [p.at.line for p in caught.value.problems if not isinstance(p.at, Place)]
    assert lines == [2, 3, 4]


def test_the_pure_parser_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: &a {x: [1, two], 'q': \"é\"}\nb:\n  <<: *a\n  c: |\n    text\n"
    by_c, marks = read_yaml(Source("a.yaml", text))
    monkeypatch.setattr(generator.yaml_text, "_parser", yaml.SafeLoader)
    by_python, others = read_yaml(Source("a.yaml", text))
    assert by_c == by_python
    assert [*marks.rows.values()] == [*others.rows.values()]


# References


def test_references_are_followed_inside_and_across_files(tmp_path: Path) -> None:
    documents = loaded(
        tmp_path,
        {
            "a.yaml": "x: {a/b: {'c~d %': {e: 1}}}\nl: [{}, {f: {}}]\n",
            "deep/b c.yaml": "B: {$ref: '../a.yaml#/l/1'}\nC: {$ref: 'd.json'}\n",
            "deep/d.json": '{"d": {"$ref": "b%20c.yaml#/B"}}',
        },
    )
    here = Place(documents.entry, ("x",))
    assert documents.resolve(here, "#/x/a~1b/c~0d%20%25").path == ("x", "a/b", "c~d %")
    assert documents.resolve(here, "#").path == ()
    assert documents.resolve(here, "#/l/1/f").path == ("l", 1, "f")
    there = documents.resolve(here, "deep/b%20c.yaml#/B")
    assert there.file.endswith("deep/b c.yaml")
    assert documents.follow(there) == Place(documents.entry, ("l", 1))
    chained = documents.resolve(here, "deep/b%20c.yaml#/C/d/f")
    assert chained == Place(documents.entry, ("l", 1, "f"))
    assert sorted(Path(file).name for file in documents.roots) == [
        "a.yaml",
        "b c.yaml",
        "d.json",
    ]
    assert documents.digests.keys() == documents.roots.keys()


def test_ids_and_anchors_name_what_they_stand_in(tmp_path: Path) -> None:
    text = """
components:
  schemas:
    Lamp:
      $id: https://lamps.example/schemas/lamp
      $defs: {size: {$anchor: size, type: integer}}
      properties: {$id: {type: string}, one: {$ref: '#/$defs/size'}}
    Room:
      $id: https://lamps.example/schemas/room
      properties: {lamp: {$ref: lamp}}
      example: {$id: nothing, $anchor: none}
    Plain: {$anchor: plain}
"""
    documents = loaded(tmp_path, {"a.yaml": text})
    schemas = Place(documents.entry, ("components", "schemas"))
    lamp, room = schemas / "Lamp", schemas / "Room"
    one = lamp / "properties" / "one" / "$ref"
    assert documents.resolve(one, "#/$defs/size") == lamp / "$defs" / "size"
    assert documents.resolve(one, "#size") == lamp / "$defs" / "size"
    assert documents.resolve(room / "properties" / "lamp" / "$ref", "lamp") == lamp
    assert documents.resolve(schemas, "#plain") == schemas / "Plain"
    assert refused(documents, schemas, "#none").code == "unresolved-reference"


def test_references_that_lead_nowhere_say_why(tmp_path: Path) -> None:
    documents = loaded(
        tmp_path,
        {
            "a.yaml": "x: {Lamp: {}, list: [{}], text: hello}\ny: {$ref: '#/y/z'}\n",
            "bad.yaml": "[\n",
        },
    )
    at = Place(documents.entry, ("x",))
    assert refused(documents, at, "#/x/lamp").help == "did you mean #/x/Lamp?"
    assert refused(documents, at, "#/x/list/1").code == "unresolved-reference"
    assert refused(documents, at, "#/x/list/-1").code == "unresolved-reference"
    assert refused(documents, at, "#/x/text").code == "invalid-reference"
    assert refused(documents, at, "#x/Lamp").help == "did you mean #/x/Lamp?"
    assert refused(documents, at, "#/y/z").code == "unresolved-reference"
    assert refused(documents, at, "https://lamps.example/a").code == "remote-reference"
    assert refused(documents, at, "//lamps.example/a").code == "remote-reference"
    assert refused(documents, at, "urn:lamps").code == "remote-reference"
    assert refused(documents, at, "bad.yaml").code == "invalid-yaml"
    assert refused(documents, at, ".").code == "unreadable-file"
    assert refused(documents, at, "a%00b").code in ("missing-file", "unreadable-file")


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30))
def test_no_reference_ends_in_a_traceback(ref: str) -> None:
    documents = Documents("a.yaml")
    path = Path(__file__).parent / "refused" / "swagger-2.yaml"
    entry = documents.open(path)
    try:
        documents.resolve(Place(entry, ("info",)), ref)
    except Refused as caught:
        assert caught.problems


def test_a_chain_that_leads_back_is_a_problem(tmp_path: Path) -> None:
    documents = loaded(tmp_path, {"a.yaml": "x: {$ref: '#/y'}\ny: {$ref: '#/x'}\n"})
    with pytest.raises(Refused) as caught:
        documents.follow(Place(documents.entry, ("x",)))
    assert caught.value.problems[0].code == "circular-reference"


def test_numbers_stay_finite() -> None:
    value = read("a: 1.7976931348623157e308\n")
    assert isinstance(value, dict) and math.isfinite(float(str(value["a"])))

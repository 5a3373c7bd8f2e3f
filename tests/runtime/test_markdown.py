"""Descriptions as HTML: the few words that are known, and nothing that a document makes up."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.markdown import html_of


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Two\nlines.\n\nAnother.", "<p>Two\nlines.</p>\n<p>Another.</p>"),
        ("## Limits\nTen.", "<h4>Limits</h4>\n<p>Ten.</p>"),
        ("# A\n# B", "<h4>A</h4>\n<h4>B</h4>"),
        ("- a\n  b\n* c\nText", "<ul><li>a\nb</li><li>c\nText</li></ul>"),
        ("1. a\n2) b\n\n- c", "<ol><li>a</li><li>b</li></ol>\n<ul><li>c</li></ul>"),
        ("```json\n{}\n\n- a\n```\nb", "<pre>{}\n\n- a</pre>\n<p>b</p>"),
        ("```\n<a>", "<pre>&lt;a&gt;</pre>"),
        ("`**a**` **`b`**", "<p><code>**a**</code> <b>`b`</b></p>"),
        (
            "[a&b](https://a.example/?a=1&b=2)",
            '<p><a href="https://a.example/?a=1&amp;b=2">a&amp;b</a></p>',
        ),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>"),
        ('[a](https://a.example/"x)', "<p>[a](https://a.example/&quot;x)</p>"),
        ("<b>a</b> 2 * 3 * 4", "<p>&lt;b&gt;a&lt;/b&gt; 2 * 3 * 4</p>"),
        ("", ""),
    ],
)
def test_markdown(text: str, html: str) -> None:
    assert html_of(text) == html


KNOWN = re.compile(
    r"</?(?:p|h4|ul|ol|li|pre|code|b)>|<a href=\"https?://[^\"<>\s]+\">|</a>"
)
PIECES = st.sampled_from(
    ["<", ">", '"', "&", "`", "**", "[", "](", ")", "https://a", "javascript:", "a"]
    + ["\n", "\n\n", "- ", "1. ", "# ", "```", " ", "\0", "\r", "\x0b", "\u2028"]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_no_text_becomes_a_tag_of_its_own(text: str) -> None:
    assert not re.search('[<>"]', KNOWN.sub("", html_of(text)))

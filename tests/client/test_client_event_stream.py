"""Server-sent events, however the network cuts them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from runtime.event_stream import Event, EventStream

TEXT = (
    "\ufeffretry: 1500\n\n: a comment\r\nid: 1\r\nevent: job.running\r\ndata: {\r\ndata:}\r\n\r\n"
    "id: 2\rdata: é – 日\r\revent: nothing\n\ndata\n\nid: 3\ndata: never finished"
)
EVENTS = [
    Event("job.running", "{\n}", "1"),
    Event("message", "é – 日", "2"),
    Event("message", "", "2"),
]


@given(st.sets(st.integers(0, len(TEXT.encode()))))
def test_a_stream_reads_the_same_however_it_is_cut(cuts: set[int]) -> None:
    whole = TEXT.encode()
    stream, events = EventStream(), []
    edges = [0, *sorted(cuts), len(whole)]
    for start, end in zip(edges, edges[1:], strict=False):
        events += stream.feed(whole[start:end])
    assert events == EVENTS
    assert stream.last_id == "2"
    assert stream.retry == 1.5

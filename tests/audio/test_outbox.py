"""Clicks go before clips, whole messages only, and no clip is played before it is sent."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cued.audio.commands import Click, Clip, PlayClip
from cued.audio.outbox import Outbox
from cued.audio.wire import Release, Unpacker

names = st.sampled_from(["a", "b", "c"])
sent = st.one_of(
    st.builds(lambda name: Clip(name, 48_000, np.zeros(500, np.float32)), names),
    st.builds(PlayClip, st.integers(0, 9), names),
    st.builds(Click, st.integers(0, 9)),
    st.builds(lambda name: Release((name,)), names),
)


def arrived(outbox: Outbox, bites: int) -> list[Any]:
    """All that comes out of the pipe's other end, a bite at a time."""
    unpacker, messages = Unpacker(), list[Any]()
    while outbox:
        piece = bytes(outbox.first()[:bites])
        messages += unpacker.feed(piece)
        outbox.wrote(len(piece))
    return messages


def clip(name: str) -> Clip:
    return Clip(name, 48_000, np.zeros(100_000, np.float32))


def told(message: object) -> str:
    return message.clip_id if isinstance(message, Clip) else type(message).__name__


def test_a_click_that_comes_while_clips_are_sent_goes_before_the_next_one() -> None:
    outbox = Outbox()
    for name in "abc":
        outbox.put(clip(name))
    unpacker, come = Unpacker(), list[Any]()
    half = bytes(outbox.first()[: len(outbox.first()) // 2])
    come += unpacker.feed(half)
    outbox.wrote(len(half))
    outbox.put(Click(1))
    while outbox:
        piece = bytes(outbox.first())
        come += unpacker.feed(piece)
        outbox.wrote(len(piece))
    assert [told(message) for message in come] == ["a", "Click", "b", "c"]


def test_a_clip_that_is_to_be_played_goes_before_its_playing() -> None:
    outbox = Outbox()
    for name in "abc":
        outbox.put(clip(name))
    outbox.put(Click(1))
    outbox.put(PlayClip(2, "b"))
    assert [told(message) for message in arrived(outbox, 65_536)] == ["Click", "b", "PlayClip", "a", "c"]


def test_a_clip_that_is_forgotten_before_it_was_sent_is_not_sent() -> None:
    outbox = Outbox()
    outbox.put(clip("a"))
    outbox.put(clip("b"))
    outbox.put(Release(("a",)))
    assert [told(message) for message in arrived(outbox, 65_536)] == ["Release", "b"]


@given(st.lists(sent), st.integers(1, 5_000))
def test_all_but_clips_keep_their_order_and_a_clip_is_there_when_it_is_played(messages: list[Any], bites: int) -> None:
    outbox = Outbox()
    put: list[Any] = []
    loaded: set[str] = set()
    for message in messages:
        if isinstance(message, PlayClip) and message.clip_id not in loaded:
            continue  # `LiveOutput` refuses it
        _follow(loaded, message)
        put.append(message)
        outbox.put(message)
    there: set[str] = set()
    come = arrived(outbox, bites)
    for message in come:
        assert not isinstance(message, PlayClip) or message.clip_id in there
        _follow(there, message)
    assert there == loaded
    assert [one for one in come if not isinstance(one, Clip)] == [one for one in put if not isinstance(one, Clip)]


def _follow(loaded: set[str], message: object) -> None:
    if isinstance(message, Clip):
        loaded.add(message.clip_id)
    elif isinstance(message, Release):
        loaded.difference_update(message.clip_ids)

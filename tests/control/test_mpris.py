"""cued as a media player: every method is a key, every property is there, and nothing else is answered."""

from __future__ import annotations

import pytest
from dbus_fast import Message, MessageType, Variant

from cued.control.keys import Key, Playback, Shown
from cued.control.mpris import PATH, PLAYER, ROOT, answer, changed, player

PROPERTIES = "org.freedesktop.DBus.Properties"
SHOWN = Shown(Playback.PLAYING, "Quiet feet", "steady", "Awareness")


def call(member: str, interface: str = PLAYER, body: list[object] | None = None, path: str = PATH) -> Message:
    signature = "" if body is None else "ssv" if len(body) == 3 else "s" * len(body)
    return Message("org.mpris.MediaPlayer2.cued", path, interface, member, signature=signature, body=body or [], serial=7)


@pytest.mark.parametrize(
    ("member", "key"),
    [
        ("PlayPause", Key.PLAY_PAUSE),
        ("Play", Key.PLAY),
        ("Pause", Key.PAUSE),
        ("Stop", Key.STOP),
        ("Next", Key.NEXT),
        ("Previous", Key.PREVIOUS),
    ],
)
def test_every_method_is_a_key(member: str, key: Key) -> None:
    found = answer(call(member), SHOWN)
    assert found is not None
    assert (found[0].message_type, found[0].reply_serial, found[1]) == (MessageType.METHOD_RETURN, 7, key)


@pytest.mark.parametrize(("interface", "member"), [(ROOT, "Quit"), (ROOT, "Raise"), (PLAYER, "Seek"), (PLAYER, "OpenUri")])
def test_what_cued_cannot_do_is_taken_in_silence(interface: str, member: str) -> None:
    found = answer(call(member, interface), SHOWN)
    assert found is not None
    assert (found[0].message_type, found[1]) == (MessageType.METHOD_RETURN, None)


@pytest.mark.parametrize(
    "message",
    [
        call("Play", path="/elsewhere"),
        call("Dance"),
        call("Play", "org.example.Other"),
        Message.new_signal(PATH, PLAYER, "Play"),
        call("GetAll", PROPERTIES),
    ],
)
def test_what_is_not_for_the_player_is_passed_on(message: Message) -> None:
    assert answer(message, SHOWN) is None


def test_properties_tell_what_goes_on() -> None:
    found = answer(call("GetAll", PROPERTIES, [PLAYER]), SHOWN)
    assert found is not None
    (properties,) = found[0].body
    assert properties["PlaybackStatus"] == Variant("s", "Playing")
    metadata = properties["Metadata"].value
    assert metadata["xesam:title"].value == "Quiet feet"
    assert metadata["xesam:album"].value == "Awareness · steady"
    assert properties["CanControl"].value is True
    one = answer(call("Get", PROPERTIES, [ROOT, "Identity"]), SHOWN)
    assert one is not None
    assert one[0].body == [Variant("s", "cued")]


@pytest.mark.parametrize(
    ("member", "body"),
    [
        ("Get", [PLAYER, "Colour"]),
        ("Get", [PLAYER]),
        ("Get", ["org.example.Other", "Volume"]),
        ("Set", [PLAYER, "Volume", Variant("d", 0.5)]),
        ("Fly", [PLAYER]),
    ],
)
def test_what_cannot_be_asked_or_set_is_an_error(member: str, body: list[object]) -> None:
    found = answer(call(member, PROPERTIES, body), SHOWN)
    assert found is not None
    assert (found[0].message_type, found[1]) == (MessageType.ERROR, None)


def test_only_what_has_changed_is_told() -> None:
    paused = Shown(Playback.PAUSED, SHOWN.title, SHOWN.segment, SHOWN.pack)
    signal = changed(SHOWN, paused)
    assert signal.body == [PLAYER, {"PlaybackStatus": Variant("s", "Paused")}, []]
    assert set(player(SHOWN)) > {"PlaybackStatus", "Metadata", "CanGoNext", "CanGoPrevious"}


def test_the_description_names_every_property_and_method() -> None:
    found = answer(call("Introspect", "org.freedesktop.DBus.Introspectable"), SHOWN)
    assert found is not None
    (xml,) = found[0].body
    assert all(f'name="{name}"' in xml for name in (*player(SHOWN), "PlayPause", "Next", "Previous", "Identity"))

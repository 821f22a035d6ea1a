"""What BlueZ tells becomes headphones, and only what plays sound does."""

from __future__ import annotations

import pytest

from cued.headphones.picture import AUDIO_SINK, Picture, plays_sound

PATH = "/org/bluez/hci0/dev_C0_FF_EE_00_00_10"
SHOKZ = {"org.bluez.Device1": {"Address": "C0:FF:EE:00:00:10", "Alias": "Shokz", "UUIDs": [AUDIO_SINK], "RSSI": -50}}


@pytest.mark.parametrize(
    ("device", "plays"),
    [
        ({"UUIDs": [AUDIO_SINK.upper()]}, True),
        ({"Class": 0x240404}, True),  # headset
        ({"Class": 0x240418}, True),  # headphones
        ({"Class": 0x240414}, True),  # loudspeaker
        ({"Class": 0x200410}, False),  # microphone
        ({"Class": 0x08043C}, True),  # display with loudspeaker
        ({"Class": 0x5A020C}, False),  # telephone
        ({"UUIDs": ["00001814-0000-1000-8000-00805f9b34fb"]}, False),
        ({}, False),
    ],
)
def test_what_plays_sound_is_told_by_its_services_or_its_class(device: dict[str, object], plays: bool) -> None:
    assert plays_sound(device) is plays


def test_a_stream_belongs_to_the_device_above_it() -> None:
    picture = Picture()
    picture.looked({PATH: SHOKZ})
    assert not picture.streams(PATH)
    picture.added(f"{PATH}/sep1/fd0", {"org.bluez.MediaTransport1": {"State": "idle"}})
    assert picture.streams(PATH)
    assert not picture.streams(PATH[:-1])
    picture.removed(f"{PATH}/sep1/fd0", ["org.bluez.MediaTransport1"])
    assert not picture.streams(PATH)


def test_the_nearest_come_first_and_those_that_are_not_heard_last() -> None:
    picture = Picture()
    for number, rssi in ((1, None), (2, -80), (3, -40)):
        device = {"Address": f"C0:FF:EE:00:00:0{number}", "UUIDs": [AUDIO_SINK]} | ({} if rssi is None else {"RSSI": rssi})
        picture.added(f"/org/bluez/hci0/dev_{number}", {"org.bluez.Device1": device})
    assert [one.address[-1] for one in picture.sounding()] == ["3", "2", "1"]


def test_a_change_of_what_is_gone_makes_nothing() -> None:
    picture = Picture()
    picture.changed(PATH, "org.bluez.Device1", {"Connected": True}, [])
    assert picture.sounding() == ()
    picture.looked({PATH: SHOKZ})
    picture.changed(PATH, "org.bluez.Device1", {}, ["RSSI"])
    assert picture.sounding()[0].rssi_dbm is None
    picture.removed(PATH, ["org.bluez.Device1"])
    assert picture.device("C0:FF:EE:00:00:10") is None

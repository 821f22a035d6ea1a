"""Where a sound server plays: its words read, and a stream that fled told from one that was sent away."""

from __future__ import annotations

from cued.audio.sinks import Input, Place, Server, Sink, followed, server_of, to_pull

SINKS = """Sink #0
\tState: SUSPENDED
\tName: alsa_output.platform-bcm2835_audio.stereo-fallback
\tDescription: Built-in Audio Stereo
\tDriver: module-alsa-card.c
\tVolume: front-left: 65536 / 100% / 0.00 dB,   front-right: 65536 / 100% / 0.00 dB
\t        balance 0.00
\tProperties:
\t\tdevice.description = "Built-in Audio Stereo"
\t\tdevice.bus = "pci"

Sink #7
\tState: RUNNING
\tName: bluez_output.C0_FF_EE_00_00_10.1
\tDescription: OpenRun Pro
\tProperties:
\t\tapi.bluez5.address = "C0:FF:EE:00:00:10"
\t\tdevice.form_factor = "headset"
\tFormats:
\t\tpcm
"""
INPUTS = """Sink Input #4
\tDriver: protocol-native.c
\tSink: 7
\tFormat: pcm, format.sample_format = "\\"float32le\\""
\tProperties:
\t\tmedia.name = "ALSA Playback"
\t\tapplication.process.id = "14209"

Sink Input #5
\tSink: 4294967295
"""
BUILT_IN, BLUE, USB = "alsa_output.built_in", "bluez_output.C0_FF_EE_00_00_10.1", "alsa_output.usb"
PID = 77


def server(*names: str, at: str | None, default: str = "", stream: int = 1) -> Server:
    """Sinks of these names, and the stream at one of them."""
    indexes = {name: sum(name.encode()) for name in names}
    inputs = () if at is None else (Input(stream, indexes[at], PID),)
    return Server(tuple(Sink(index, name, name.title()) for name, index in indexes.items()), inputs, default or names[0])


def after(*looks: Server, prefer: tuple[str, ...] = ()) -> Place:
    place = Place()
    for look in looks:
        place = followed(place, look, PID, prefer)
    return place


def test_the_words_of_pactl_are_read() -> None:
    seen = server_of(SINKS, INPUTS, "bluez_output.C0_FF_EE_00_00_10.1\n")
    built_in, blue = seen.sinks
    assert (built_in.index, built_in.described, built_in.suspended, built_in.dozes) == (0, "Built-in Audio Stereo", True, False)
    assert (blue.name, blue.suspended, blue.dozes) == (seen.default, False, True)
    assert seen.inputs == (Input(4, 7, 14209), Input(5, 4294967295, 0))
    assert seen.sink_of(14209) == blue
    assert seen.sink_of(1) is None
    assert seen.sink_of(0) is None  # a stream whose program is not told is not ours


def test_nonsense_is_no_server() -> None:
    assert server_of("", "Sink Input #x\n\tSink: y\n", "") == Server((), (), "")
    assert server_of("Sink #3\n", "Sink Input #1\n\tSink: -\n", "") == Server((Sink(3, "", ""),), (), "")


def test_a_stream_is_chosen_to_be_where_it_began() -> None:
    place = after(server(BUILT_IN, BLUE, at=BLUE))
    assert (place.wanted, place.here, place.elsewhere) == (BLUE, BLUE, False)


def test_a_stream_whose_sink_went_away_is_elsewhere_and_is_fetched_back_when_it_returns() -> None:
    fled = after(server(BLUE, BUILT_IN, at=BLUE), server(BUILT_IN, at=BUILT_IN))
    assert (fled.elsewhere, fled.described, fled.gone) == (True, "Alsa_Output.Built_In", True)
    returned = followed(fled, server(BUILT_IN, BLUE, at=BUILT_IN), PID)
    assert returned.elsewhere
    assert to_pull(fled, returned)
    home = followed(returned, server(BUILT_IN, BLUE, at=BLUE), PID)
    assert not home.elsewhere
    assert not to_pull(returned, home)


def test_who_makes_another_sink_the_default_has_chosen_it() -> None:
    place = after(server(BLUE, BUILT_IN, at=BLUE), server(BLUE, BUILT_IN, at=BUILT_IN, default=BUILT_IN))
    assert (place.wanted, place.elsewhere) == (BUILT_IN, False)


def test_a_stream_moved_by_hand_is_elsewhere_and_nobody_is_fought() -> None:
    began = after(server(BLUE, BUILT_IN, at=BLUE))
    moved = followed(began, server(BLUE, BUILT_IN, at=BUILT_IN, default=BLUE), PID)
    assert moved.elsewhere
    assert not to_pull(began, moved)
    assert not followed(moved, server(BLUE, BUILT_IN, at=BLUE), PID).elsewhere
    assert not followed(moved, server(BLUE, BUILT_IN, at=BUILT_IN, default=BUILT_IN), PID).elsewhere  # that is a choice


def test_a_new_stream_that_begins_on_another_default_is_brought_to_the_chosen_sink() -> None:
    began = after(server(BLUE, BUILT_IN, at=BLUE, default=BUILT_IN))
    again = followed(began, server(BLUE, BUILT_IN, at=BUILT_IN, default=BUILT_IN, stream=2), PID)
    assert (again.wanted, again.elsewhere) == (BLUE, True)
    assert to_pull(began, again)


def test_other_headphones_that_come_after_the_first_went_are_a_choice() -> None:
    looks = server(BLUE, BUILT_IN, at=BLUE), server(BUILT_IN, at=BUILT_IN), server(BUILT_IN, USB, at=USB, default=USB)
    assert (after(*looks).wanted, after(*looks).elsewhere) == (USB, False)


def test_preferred_headphones_that_come_late_are_played_on() -> None:
    prefer = ("C0:FF:EE:00:00:10",)
    began = after(server(BUILT_IN, at=BUILT_IN), prefer=prefer)
    assert not began.elsewhere
    come = followed(began, server(BUILT_IN, BLUE, at=BUILT_IN), PID, prefer)
    assert (come.wanted, come.elsewhere) == (BLUE, True)
    assert to_pull(began, come)


def test_a_sink_that_a_server_makes_up_is_heard_by_nobody() -> None:
    assert after(server("auto_null", at="auto_null")).elsewhere
    place = after(server("auto_null", at="auto_null"), server(USB, at=USB))
    assert (place.wanted, place.elsewhere) == (USB, False)


def test_without_a_stream_nothing_is_elsewhere_and_the_choice_is_kept() -> None:
    place = after(server(BLUE, BUILT_IN, at=BLUE), server(BUILT_IN, at=None))
    assert (place.wanted, place.elsewhere, place.gone) == (BLUE, False, True)
    assert followed(place, server(BUILT_IN, at=BUILT_IN), PID).elsewhere

"""cued as a media player, as MPRIS describes one (specifications.freedesktop.org/mpris-spec 2.2): messages in, replies out.

BlueZ speaks to a player that has registered with the same interface (doc/org.bluez.Media.rst, RegisterPlayer).
"""

from __future__ import annotations

from typing import Any, Final

from dbus_fast import Message, MessageType, Variant

from cued.control.keys import Key, Shown
from cued.dbus.names import INTROSPECTABLE, PROPERTIES

PATH: Final = "/org/mpris/MediaPlayer2"
NAME: Final = "org.mpris.MediaPlayer2.cued"
ROOT: Final = "org.mpris.MediaPlayer2"
PLAYER: Final = "org.mpris.MediaPlayer2.Player"

KEYS: Final = {
    "PlayPause": Key.PLAY_PAUSE,
    "Play": Key.PLAY,
    "Pause": Key.PAUSE,
    "Stop": Key.STOP,
    "Next": Key.NEXT,
    "Previous": Key.PREVIOUS,
}
IGNORED: Final = {(ROOT, "Raise"), (ROOT, "Quit"), (PLAYER, "Seek"), (PLAYER, "SetPosition"), (PLAYER, "OpenUri")}
"""Asked for by nobody who has read that cued cannot do it; the specification wants silence for them."""

_IDENTITY: Final = {
    "CanQuit": Variant("b", False),
    "CanRaise": Variant("b", False),
    "HasTrackList": Variant("b", False),
    "Identity": Variant("s", "cued"),
    "SupportedUriSchemes": Variant("as", []),
    "SupportedMimeTypes": Variant("as", []),
}
_ABILITIES: Final = {
    "Rate": Variant("d", 1.0),
    "MinimumRate": Variant("d", 1.0),
    "MaximumRate": Variant("d", 1.0),
    "Volume": Variant("d", 1.0),
    "Position": Variant("x", 0),
    "CanGoNext": Variant("b", True),
    "CanGoPrevious": Variant("b", True),
    "CanPlay": Variant("b", True),
    "CanPause": Variant("b", True),
    "CanSeek": Variant("b", False),
    "CanControl": Variant("b", True),
}
XML: Final = f"""<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
<node>
 <interface name="{ROOT}">
  <method name="Raise"/><method name="Quit"/>
  <property name="CanQuit" type="b" access="read"/><property name="CanRaise" type="b" access="read"/>
  <property name="HasTrackList" type="b" access="read"/><property name="Identity" type="s" access="read"/>
  <property name="SupportedUriSchemes" type="as" access="read"/><property name="SupportedMimeTypes" type="as" access="read"/>
 </interface>
 <interface name="{PLAYER}">
  <method name="Next"/><method name="Previous"/><method name="Pause"/><method name="PlayPause"/><method name="Stop"/>
  <method name="Play"/>
  <property name="PlaybackStatus" type="s" access="read"/><property name="Metadata" type="a{{sv}}" access="read"/>
  <property name="Rate" type="d" access="read"/><property name="MinimumRate" type="d" access="read"/>
  <property name="MaximumRate" type="d" access="read"/><property name="Volume" type="d" access="read"/>
  <property name="Position" type="x" access="read"/><property name="CanGoNext" type="b" access="read"/>
  <property name="CanGoPrevious" type="b" access="read"/><property name="CanPlay" type="b" access="read"/>
  <property name="CanPause" type="b" access="read"/><property name="CanSeek" type="b" access="read"/>
  <property name="CanControl" type="b" access="read"/>
 </interface>
</node>"""


def told(shown: Shown) -> dict[str, Variant]:
    """The properties that change."""
    metadata = {
        "mpris:trackid": Variant("o", "/org/cued/run"),
        "xesam:title": Variant("s", shown.title),
        "xesam:artist": Variant("as", ["cued"]),
        "xesam:album": Variant("s", " · ".join(part for part in (shown.pack, shown.segment) if part)),
    }
    return {"PlaybackStatus": Variant("s", shown.playback.value), "Metadata": Variant("a{sv}", metadata)}


def player(shown: Shown) -> dict[str, Variant]:
    """All properties of the player."""
    return told(shown) | _ABILITIES


def changed(before: Shown, now: Shown) -> Message:
    """The signal that tells what has changed."""
    old, new = told(before), told(now)
    values = {name: value for name, value in new.items() if value != old[name]}
    return Message.new_signal(PATH, PROPERTIES, "PropertiesChanged", "sa{sv}as", [PLAYER, values, []])


def answer(message: Message, shown: Shown) -> tuple[Message, Key | None] | None:
    """The reply, and the key that was pressed by it; None: the message is not for the player."""
    if message.message_type is not MessageType.METHOD_CALL or message.path != PATH or not message.member:
        return None
    interface, member = message.interface or "", message.member
    if interface in {PLAYER, ""} and member in KEYS:
        return Message.new_method_return(message), KEYS[member]
    if (interface, member) in IGNORED:
        return Message.new_method_return(message), None
    if (interface, member) == (INTROSPECTABLE, "Introspect"):
        return Message.new_method_return(message, "s", [XML]), None
    if interface == PROPERTIES and message.body:
        return _property(message, {ROOT: _IDENTITY, PLAYER: player(shown)}.get(message.body[0], {})), None
    return None


def _property(message: Message, properties: dict[str, Variant]) -> Message:
    body: list[Any] = message.body
    match message.member:
        case "GetAll":
            return Message.new_method_return(message, "a{sv}", [properties])
        case "Get" if body[1:2] and body[1] in properties:
            return Message.new_method_return(message, "v", [properties[body[1]]])
        case "Set" if body[1:2] and body[1] in properties:
            return Message.new_error(message, "org.freedesktop.DBus.Error.PropertyReadOnly", f"{body[1]} is read-only")
    return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownProperty", f"no {body[1:2]}")

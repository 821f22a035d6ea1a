"""What a board in a vest has beside its keys: an LED that shows how it is, and a way to switch the machine off."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol

from cued.control.lights import Light
from cued.core.happening import Phase
from cued.errors import UsageError

if TYPE_CHECKING:
    from cued.config.settings import Keys

POWER_OFF: Final = ("systemctl", "--no-ask-password", "--no-wall", "poweroff")
"""Through logind, which asks polkit; ./install.sh leaves a rule there that grants it to cued's user on a Raspberry Pi."""
ANSWER_S: Final = 5.0
"""logind answers at once; by then the runner has been told that all is safe, and unplugs."""
SETTLE_S: Final = 5.0
"""A slow card writes what it was given in a second or two; for a dying one the runner does not wait: the run is safe before."""

_LIGHTS: Final = {
    Phase.IDLE: Light.WAITING,
    Phase.READY: Light.READY,
    Phase.RUNNING: Light.RUNNING,
    Phase.PAUSED: Light.READY,
    Phase.ENDED: Light.READY,
}


class Led(Protocol):
    """Shows how cued is."""

    def show(self, light: Light) -> None:
        """From now on. Cheap where nothing changes: call it as often as you like, from one thread."""

    def close(self) -> None:
        """Dark from now on."""


class PowerOff(Protocol):
    """Before a runner pulls the plug."""

    def settle(self) -> bool:
        """Wait until all that was written is on the card; False where that takes too long. May block for 5 s."""

    def ask(self) -> str:
        """Ask the system to switch off; why it does not, as a sentence with what to do, or empty. May block for 5 s."""


def light_of(phase: Phase, *, fault: bool = False) -> Light:
    """What the LED shows. A fault goes before everything: it is what a glance at the vest is for."""
    return Light.FAULT if fault else _LIGHTS[phase]


def led_of(keys: Keys, notice: Callable[[str], None]) -> Led:
    """The LED that the configuration names. Where it cannot be had that is said, and cued goes on in the dark."""
    if keys.led_pin is None:
        return NoLed()
    from cued.control.gpio import PinLed

    try:
        return PinLed(keys.led_pin)
    except UsageError as error:
        notice(str(error))
        return NoLed()


def power_off_of(keys: Keys) -> PowerOff:
    """What the play key, held, does to the machine, as the configuration wants it."""
    return SystemPowerOff() if keys.hold_powers_off else StaysOn()


class NoLed:
    """Where there is none."""

    def show(self, light: Light) -> None:
        pass

    def close(self) -> None:
        pass


class StaysOn:
    """The run is safe, the machine goes on."""

    def __init__(self, sync: Callable[[], None] = os.sync, settle_s: float = SETTLE_S) -> None:
        self._sync = sync
        self._settle_s = settle_s

    def settle(self) -> bool:
        thread = threading.Thread(target=self._sync, name="sync", daemon=True)  # nobody waits for a card that hangs
        thread.start()
        thread.join(self._settle_s)
        return not thread.is_alive()

    def ask(self) -> str:
        return ""


class SystemPowerOff(StaysOn):
    """Off, through systemd."""

    def ask(self) -> str:
        try:
            done = subprocess.run(
                POWER_OFF, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace",
                timeout=ANSWER_S, check=False,
            )  # fmt: skip
        except FileNotFoundError:
            return "there is no systemctl to switch the machine off with: set `keys.hold_powers_off: false`"
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"the machine is not switched off: {error}"
        if done.returncode == 0:
            return ""
        why = done.stderr.strip().rpartition("\n")[2] or f"systemctl ends with {done.returncode}"
        return f"the machine is not switched off ({why}): `./install.sh` grants it to you, on a Raspberry Pi"

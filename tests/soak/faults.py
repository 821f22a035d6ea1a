"""What goes wrong, and what the runner does meanwhile: cards of a deck that is shuffled by a seed."""

from __future__ import annotations

import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from cued.control import commands
from cued.control.commands import Part
from cued.units import NS_PER_S
from tests.soak import hostile, packs
from tests.soak.steering import Hand
from tests.soak.world import World

GAP_S: Final = (5.0, 18.0)
"""Between two cards: often enough for two hundred in an hour, with time in between for what follows from each."""
SETTLE_S: Final = 45.0
"""At the start, until the run has begun, and before the end."""
SOUND_BACK_S: Final = 30.0
"""After the server is back: `RETRY_S` of the player has pauses up to 8 s by then."""
PACK_S: Final = 8.0
"""A pack is read, its texts rendered: seconds; and then the next beat."""
SOFTEST: Final = 75
"""Of the beat, in per cent: a softer click under a loud voice cannot be told from the voice."""
POLL_S: Final = 0.2
CHILD_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Done:
    """A card that was played."""

    kind: str
    from_ns: int
    to_ns: int
    detail: str = ""
    sound: bool = False
    """Sound was lost meanwhile, so that clicks may be missing; it was back at `to_ns`."""
    failed: str = ""
    """What should have come about, and did not."""


class Havoc:
    """Plays the cards while the block lasts, from a thread."""

    def __init__(self, world: World, hand: Hand, length_s: float, seed: int, say: Callable[[str], None]) -> None:
        self.done: list[Done] = []
        self.hostile: list[tuple[int, int]] = []
        """When a hostile client was at work."""
        self._world = world
        self._hand = hand
        self._until_s = time.monotonic() + length_s - SETTLE_S / 2
        self._chance = random.Random(f"havoc {seed}")
        self._say = say
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="havoc", daemon=True)
        self._version = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    # --- the deck ---

    def _deck(self) -> list[Callable[[], Done]]:
        both: list[Callable[[], Done]] = [
            *(
                self._pod_drops,
                self._pod_drops,
                self._pod_silent,
                self._pod_vanishes,
                self._adapter_off,
                self._bluetoothd_restarts,
            ),
            *(self._server_killed, self._server_frozen, self._child_killed),
            *(
                self._pauses,
                self._next,
                self._mutes,
                self._volume,
                self._volume,
                self._asks_cue,
                self._says_surface,
                self._rates,
            ),
            *(self._hostile(name) for name in hostile.NAMES),
        ]
        if self._world.program == "run":
            return both
        own: list[Callable[[], Done]] = [
            *(self._uses_pack, self._uses_pack, self._uses_bad_pack, self._edits_pack, self._goes_back),
            *(self._stops_and_starts, self._reloads, self._hangs_up),
            *((self._media_keys,) if shutil.which("playerctl") else ()),
        ]
        return both + own

    def _run(self) -> None:
        if self._over.wait(SETTLE_S):
            return
        deck: list[Callable[[], Done]] = []
        while time.monotonic() < self._until_s and self._world.daemon.alive:
            if not deck:
                deck = self._deck()
                self._chance.shuffle(deck)
            done = self._play(deck.pop())
            self.done.append(done)
            self._say(done.kind + (f": {done.failed}" if done.failed else ""))
            if self._over.wait(self._chance.uniform(*GAP_S)):
                return

    def _play(self, card: Callable[[], Done]) -> Done:
        began_ns = time.monotonic_ns()
        try:
            return card()
        except Exception as error:  # noqa: BLE001 - a fault of the soak itself is told in its table, and the hour goes on
            failed = f"{type(error).__name__}: {error}"
            return Done(f"the soak itself: {card.__name__}", began_ns, time.monotonic_ns(), sound=True, failed=failed)

    def _for(self, low_s: float, high_s: float) -> None:
        self._over.wait(self._chance.uniform(low_s, high_s))

    # --- pods ---

    def _pod_drops(self) -> Done:
        began_ns = time.monotonic_ns()
        self._world.pod.drop()
        return _done("pod: link lost", began_ns)

    def _pod_silent(self) -> Done:
        began_ns = time.monotonic_ns()
        self._world.pod.deaf = True
        self._for(3.0, 20.0)
        self._world.pod.deaf = False
        return _done("pod: silent", began_ns)

    def _pod_vanishes(self) -> Done:
        began_ns = time.monotonic_ns()
        self._world.pod.vanish()
        self._world.pod.drop()
        self._for(3.0, 25.0)
        self._world.pod.appear()
        return _done("pod: out of reach", began_ns)

    def _adapter_off(self) -> Done:
        began_ns = time.monotonic_ns()
        self._world.bluez.power(on=False)
        self._for(2.0, 12.0)
        self._world.bluez.power(on=True)
        return _done("adapter: off and on", began_ns)

    def _bluetoothd_restarts(self) -> Done:
        began_ns = time.monotonic_ns()
        self._world.bluez.kill()
        self._for(0.2, 6.0)
        self._world.bluez.revive()
        return _done("bluetoothd: restarted", began_ns)

    # --- sound ---

    def _server_killed(self) -> Done:
        before, began_ns = self._restarts(), time.monotonic_ns()
        self._world.card.kill()
        self._for(0.5, 4.0)
        self._world.card.start()
        return self._sound_back("sound server: killed and started", began_ns, before)

    def _server_frozen(self) -> Done:
        before, began_ns = self._restarts(), time.monotonic_ns()
        self._world.card.freeze(on=True)
        self._for(2.5, 5.0)
        self._world.card.freeze(on=False)
        return self._sound_back("sound server: frozen", began_ns, before)

    def _child_killed(self) -> Done:
        before, began_ns = self._restarts(), time.monotonic_ns()
        child = self._world.daemon.sound_child()
        if child is None:
            return Done("sound process: killed", began_ns, began_ns, failed="there was none")
        os.kill(child, signal.SIGKILL)
        return self._sound_back("sound process: killed", began_ns, before)

    def _restarts(self) -> int:
        sound = self._hand.newest.get("sound", {})
        return int(sound.get("restarts", 0))

    def _sound_back(self, kind: str, began_ns: int, before: int) -> Done:
        """Wait until cued says that it plays again."""
        back_ns = time.monotonic_ns()
        until_s = time.monotonic() + SOUND_BACK_S
        while time.monotonic() < until_s:
            status = self._hand.ask(commands.Status()).result or {}
            sound = status.get("sound", {})
            if int(sound.get("restarts", 0)) > before and sound.get("device") and not sound.get("absent"):
                now_ns = time.monotonic_ns()
                took_s = (now_ns - back_ns) / NS_PER_S
                return Done(kind, began_ns, now_ns, f"sound back {took_s:.1f} s after that was possible", sound=True)
            self._over.wait(POLL_S)
        failed = f"no sound within {SOUND_BACK_S:.0f} s"
        return Done(kind, began_ns, time.monotonic_ns(), sound=True, failed=failed)

    # --- the runner's hand ---

    def _ask(self, kind: str, command: commands.Command) -> Done:
        began_ns = time.monotonic_ns()
        return _done(kind, began_ns, self._hand.ask(command).said)

    def _pauses(self) -> Done:
        began_ns = time.monotonic_ns()
        self._hand.ask(commands.Pause())
        self._for(2.0, 8.0)
        self._hand.ask(commands.Resume())
        return _done("runner: pauses and goes on", began_ns)

    def _mutes(self) -> Done:
        began_ns = time.monotonic_ns()
        self._hand.ask(commands.Mute(muted=True))
        self._for(2.0, 8.0)
        self._hand.ask(commands.Mute(muted=False))
        return _done("runner: mutes", began_ns)

    def _next(self) -> Done:
        return self._ask("runner: next", commands.Next())

    def _goes_back(self) -> Done:
        return self._ask("runner: back", commands.Back())

    def _volume(self) -> Done:
        part = self._chance.choice(list(Part))
        percent = self._chance.randrange(50 if part is Part.VOICE else SOFTEST, 101, 5)
        return self._ask("runner: volume", commands.Volume(float(percent), part))

    def _asks_cue(self) -> Done:
        return self._ask("runner: asks for a cue", commands.Cue())

    def _says_surface(self) -> Done:
        return self._ask("runner: surface", commands.Surface(self._chance.choice(("road", "trail", "track"))))

    def _rates(self) -> Done:
        what, answer = self._chance.choice(((commands.Rated.HELPED, "yes"), (commands.Rated.EFFORT, "4")))
        return self._ask("runner: rates", commands.Rate(what, answer))

    def _stops_and_starts(self) -> Done:
        began_ns = time.monotonic_ns()
        self._hand.ask(commands.Stop())
        self._for(3.0, 10.0)
        return _done("runner: stops and starts", began_ns, self._hand.ask(commands.Start()).said)

    # --- packs and configuration ---

    def _uses_pack(self) -> Done:
        began_ns = time.monotonic_ns()
        name = self._chance.choice(packs.GOOD)
        taken = self._hand.ask(commands.PackUse(name))
        until_s = time.monotonic() + PACK_S
        while taken.ok and time.monotonic() < until_s:
            if self._pack() == name:
                took_s = (time.monotonic_ns() - began_ns) / NS_PER_S
                return _done("pack: another", began_ns, f"{name} after {took_s:.1f} s")
            self._over.wait(POLL_S)
        failed = f"{name} is not in use after {PACK_S:.0f} s, but {self._pack()}" if taken.ok else ""
        return Done("pack: another", began_ns, time.monotonic_ns(), taken.said, failed=failed)

    def _uses_bad_pack(self) -> Done:
        """Refused at once, or when it has been looked at: the pack that was in use is so afterwards."""
        began_ns = time.monotonic_ns()
        name = self._chance.choice([*packs.BAD, "soak-no-such"])
        taken = self._hand.ask(commands.PackUse(name))
        self._over.wait(PACK_S / 2)
        now = self._pack()
        failed = "" if now in packs.GOOD else f"{now or 'none'} is in use now"
        return Done("pack: a bad one", began_ns, time.monotonic_ns(), f"{name}: {taken.said}", failed=failed)

    def _pack(self) -> str:
        """What is run with, by its name."""
        status = self._hand.ask(commands.Status()).result or {}
        return str(status.get("pack", "")).removeprefix("Soak ")

    def _edits_pack(self) -> Done:
        began_ns = time.monotonic_ns()
        self._version += 1
        name = self._chance.choice(packs.GOOD)
        packs.write_half(self._world.packs, name)
        self._for(0.5, 3.0)
        packs.write_good(self._world.packs, name, self._version)
        return _done("pack: edited", began_ns, name)

    def _reloads(self) -> Done:
        return self._ask("configuration: reload", commands.Reload())

    def _hangs_up(self) -> Done:
        began_ns = time.monotonic_ns()
        self._world.daemon.signal(signal.SIGHUP)
        return _done("configuration: SIGHUP", began_ns)

    def _media_keys(self) -> Done:
        began_ns = time.monotonic_ns()
        bus = self._world.session_bus
        players = bus.playerctl("--list-all")
        bus.playerctl("play-pause")
        self._for(2.0, 5.0)
        bus.playerctl("play-pause")
        return _done("keys: play/pause twice", began_ns, players)

    # --- hostile clients ---

    def _hostile(self, name: str) -> Callable[[], Done]:
        def strike() -> Done:
            began_ns = time.monotonic_ns()
            client = hostile.sent_to(self._world.socket, name, self._chance.randrange(1 << 30))
            client.wait()
            done = _done(f"hostile: {name}", began_ns)
            self.hostile.append((done.from_ns, done.to_ns))
            return done

        return strike


def _done(kind: str, began_ns: int, detail: str = "") -> Done:
    return Done(kind, began_ns, time.monotonic_ns(), detail)

"""Where the control socket is, how it is taken, and who may come in."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import socket
import stat
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cued.errors import ControlError

VARIABLE: Final = "CUED_SOCKET"
"""Names another socket; an option on the command line goes before it."""
MODE: Final = 0o660
"""The owner, and whoever the owner puts into the socket's group."""
PATH_BYTES: Final = 107
"""Of a socket's path: `sun_path` has 108 bytes (unix(7)), the last of them a zero."""
BACKLOG: Final = 100
"""Connections that wait to be accepted."""
PROBE_S: Final = 1.0
"""A socket that listens takes a connection at once, unless its backlog is full; then somebody surely listens."""
_PEERGROUPS: Final = 59
"""SO_PEERGROUPS (socket(7), Linux 4.13) on the machines that cued runs on; Python has no name for it."""
_GROUPS_BYTES: Final = 1024
"""256 groups: as many as Python's getsockopt has room for."""


def default_path() -> Path:
    """The user's own socket, or the one that the environment names."""
    word = os.environ.get(VARIABLE) or ""
    return Path(word) if word else _folder() / "control.sock"


def _folder() -> Path:
    """In the user's runtime folder; without a login (cron, sudo) a private folder of the same meaning."""
    runtime = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.geteuid()}"
    with contextlib.suppress(PermissionError):  # a sandbox (`ProtectHome`) shuts /run/user: no runtime folder, then
        if Path(runtime).is_dir():
            return Path(runtime) / "cued"
    return Path(tempfile.gettempdir()) / f"cued-{os.geteuid()}"


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is at the other end, as the kernel says."""

    pid: int
    uid: int
    groups: frozenset[int]


def peer_of(connection: socket.socket) -> Peer:
    """Who is at the other end of a connected socket."""
    pid, uid, gid = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    groups = {gid}
    with contextlib.suppress(OSError):  # an old kernel, or yet more groups: then the peer's first group alone counts
        raw = connection.getsockopt(socket.SOL_SOCKET, _PEERGROUPS, _GROUPS_BYTES)
        groups |= set(struct.unpack(f"{len(raw) // 4}I", raw))
    return Peer(pid, uid, frozenset(groups))


def may_steer(peer: Peer, own_uid: int, socket_group: int) -> bool:
    """The same user, root, or a member of the socket's group."""
    return peer.uid in {own_uid, 0} or socket_group in peer.groups


class Listening:
    """A socket that listens at a path, until `close`. A lock beside it tells a live owner from a dead one's leftover."""

    def __init__(self, path: Path) -> None:
        """Raises ControlError where somebody else listens, or nobody can."""
        self.path = path
        if len(os.fsencode(path)) > PATH_BYTES:
            raise ControlError(f"{path}: a socket's path may have {PATH_BYTES} bytes; --socket names a shorter one")
        try:
            self._take()
        except OSError as error:
            raise ControlError(f"{path}: nobody can listen there ({error.strerror or error})") from error

    def _take(self) -> None:
        with contextlib.ExitStack() as undo:
            _make_folder(self.path.parent)
            lock_fd = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            undo.callback(os.close, lock_fd)
            try:
                fcntl.flock(lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise _taken(self.path) from None
            _clear(self.path)
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            undo.callback(self.socket.close)
            self.socket.bind(str(self.path))
            self.path.chmod(MODE)  # before anybody can connect, which needs somebody who listens
            self.socket.listen(BACKLOG)
            self.socket.setblocking(False)
            found = self.path.stat()
            self.group, self._inode = found.st_gid, found.st_ino
            self._lock_fd = lock_fd
            undo.pop_all()

    def close(self) -> None:
        """Listen no more, and take the socket away if it is still this one."""
        self.socket.close()
        with contextlib.suppress(OSError):  # somebody tidied up
            if self.path.stat().st_ino == self._inode:
                self.path.unlink()
        os.close(self._lock_fd)


def _make_folder(folder: Path) -> None:
    """The default folder, for this user alone; raises ControlError for one that somebody else has put there."""
    if folder.is_dir() and folder != _folder():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise ControlError(f"{folder} is not yours: take it away, or name another socket with --socket")


def _clear(path: Path) -> None:
    """Take a dead daemon's socket away; raises ControlError for a live one's, and for what is no socket."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise ControlError(f"{path} is there and is no socket: move it away, or name another with --socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(PROBE_S)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
        except (BlockingIOError, TimeoutError):  # its queue is full
            raise _taken(path, "another program") from None
        else:  # without the lock: hardly another cued
            raise _taken(path, "another program")


def _taken(path: Path, what: str = "another cued") -> ControlError:
    """Somebody listens already; says who, if they say so."""
    who = ""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(PROBE_S)
        probe.connect(str(path))
        who = f" (pid {peer_of(probe).pid})"
    return ControlError(f"{path}: {what}{who} listens there")


def owner_of(path: Path) -> str:
    """Whose socket it is, for a sentence."""
    uid = path.stat().st_uid
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"

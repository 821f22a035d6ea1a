"""Packs on the disk, for the daemon: opened whole, listed, and noticed when they change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cued.errors import PackError
from cued.runtime.request import Pack
from cued.yamlread import NoFile

if TYPE_CHECKING:
    from cued.packs.listing import Listed

GONE = (0, 0, 0)


class PackFiles:
    """`ports.Files`, for real."""

    def find(self, word: str) -> Path:
        """As `ports.Files`, and the rest."""
        from cued.packs.catalog import find_pack

        path = find_pack(word)
        if not path.exists():
            raise PackError(str(path), (NoFile(1, 1, "there is no pack there"),))
        return path

    def load(self, word: str) -> tuple[Pack, tuple[str, ...]]:
        from cued.audio.soundfile_in import probe
        from cued.packs.catalog import open_pack

        loaded = open_pack(word, probe)
        return Pack(loaded.pack, loaded.folder, loaded.file), tuple(one.at(loaded.file) for one in loaded.warnings)

    def listed(self) -> tuple[Listed, ...]:
        from cued.packs.listing import listed

        return listed()

    def mark(self, pack: Pack) -> tuple[tuple[int, int, int], ...]:
        return tuple(_stamp(path) for path in pack.files())


def _stamp(path: Path) -> tuple[int, int, int]:
    """Inode, size and time of its last change: an editor that replaces a file changes the first, another the others."""
    try:
        found = path.stat()
    except OSError:
        return GONE
    return found.st_ino, found.st_size, found.st_mtime_ns


def text_of(file: str) -> str:
    """The file as it is; empty for none, or one that has gone since it was read."""
    try:
        return Path(file).read_text(encoding="utf-8") if file else ""
    except (OSError, UnicodeDecodeError):
        return ""

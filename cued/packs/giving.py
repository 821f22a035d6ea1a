"""A pack as one zip to hand on: the same bytes every time and on every machine, and nothing in it but the pack."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

from cued.errors import UsageError
from cued.packs import contained
from cued.packs.contained import MAX_TEXT_BYTES, MAX_TOTAL_BYTES, Kind, RefusedError
from cued.packs.load import PACK_FILE, LoadedPack
from cued.packs.sounds import MAX_BYTES as MAX_SOUND_BYTES
from cued.packs.sources import FOR, NOTE, opened, refuse
from cued.yamlread import clip

MAX_FOR: Final = 40
"""Characters of a runner's name."""
MAX_NOTE: Final = 200
"""Characters of a note: what one reads before saying yes."""
_DATE: Final = (1980, 1, 1, 0, 0, 0)
"""The first that a zip can hold: when it was made says nothing of the pack."""
_LICENCE: Final = "LICENSE.txt"
_MODE: Final = 0o100644
_UNIX: Final = 3


def zipped(loaded: LoadedPack, made_for: str = "", note: str = "") -> bytes:
    """The pack with its sounds, licence and readme.

    Stored, not deflated: what a compressor makes differs from version to version, and sounds hardly shrink. Raises
    PackError where a file cannot be taken along, UsageError for a name or note that is not one line.
    """
    pack = loaded.pack
    files = {PACK_FILE: loaded.text.encode()}
    if loaded.folder is not None:
        with opened(loaded.folder) as source:
            for name in sorted(source.sizes):
                is_text = contained.kind_of(tuple(name.split("/"))) is Kind.TEXT
                if is_text or name in pack.sounds:
                    files[name] = source.read(name, MAX_TEXT_BYTES if is_text else MAX_SOUND_BYTES)
    hidden = sorted(set(pack.sounds) - set(files))
    if hidden:
        raise refuse(loaded.file, f"`{clip(hidden[0])}` lies in a hidden folder, which nobody would take: move it")
    if not any(name.casefold().startswith(("license", "licence", "copying")) for name in files):
        files[_LICENCE] = licence_text(loaded).encode()
    if sum(map(len, files.values())) > MAX_TOTAL_BYTES:
        raise refuse(loaded.file, f"its files are over {MAX_TOTAL_BYTES // 2**20} MiB: save long sounds as FLAC or Ogg")
    try:
        contained.check_names(files)
    except RefusedError as error:
        raise refuse(loaded.file, str(error)) from None
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as out:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{pack.name}/{name}", _DATE)
            entry.external_attr, entry.create_system = _MODE << 16, _UNIX
            out.writestr(entry, files[name])
        out.comment = comment_of(pack.name, made_for, note).encode()
    return made.getvalue()


def licence_text(loaded: LoadedPack) -> str:
    """What stands in the zip where the pack brings no licence of its own."""
    pack = loaded.pack
    by = f" by {', '.join(pack.authors)}" if pack.authors else ""
    return f"{pack.title}: a cue pack for cued{by}.\nLicence: {pack.license}\n"


def comment_of(name: str, made_for: str, note: str) -> str:
    """The zip's comment, which file managers show: how to take the pack, and for whom it is. Raises UsageError."""
    lines = [f"A cue pack for cued: cued pack install {name}.zip"]
    for what, word, most in ((FOR, made_for, MAX_FOR), (NOTE, note, MAX_NOTE)):
        if word and (not word.isprintable() or len(word) > most):
            raise UsageError(f"--{what[:-2].lower()}: write one line of at most {most} characters")
        lines += [f"{what}{word}"] if word else []
    return "\n".join(lines)


def file_name(loaded: LoadedPack, made_for: str = "") -> str:
    """What the zip is called where nobody says: name, version, and whom it is for."""
    whom = re.sub(r"[^\w-]+", "-", made_for.casefold()).strip("-")
    return f"{loaded.pack.name}-{loaded.pack.version}{f'-{whom}' if whom else ''}.zip"

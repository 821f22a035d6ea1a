"""Which sounds of two packs are other recordings under the same name."""

from __future__ import annotations

from contextlib import ExitStack

from cued.errors import PackError
from cued.packs.differences import Difference
from cued.packs.load import LoadedPack
from cued.packs.sounds import MAX_BYTES
from cued.packs.sources import opened


def other_recordings(old: LoadedPack, new: LoadedPack) -> list[Difference]:
    """A difference for each sound that both play and whose bytes differ, or that cannot be read."""
    common = [name for name in new.pack.sounds if name in old.pack.sounds]
    if not common or old.folder is None or new.folder is None:
        return []
    found = []
    with ExitStack() as stack:
        try:
            sources = [stack.enter_context(opened(pack.folder)) for pack in (old, new) if pack.folder is not None]
            for name in common:
                one, other = (source.read(name, MAX_BYTES) for source in sources)
                if one != other:
                    found.append(Difference("sounds", f"{name} is another recording in each of the two"))
        except (PackError, KeyError):  # a link beside the sounds of one's own pack: it may be played, and is not shared
            found.append(Difference("sounds", "some sounds cannot be compared"))
    return found

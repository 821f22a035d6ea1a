"""Write the seasons anew for review: `python -m tests.coaching`, or `make golden`."""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.coaching.runners import FOLDER, RUNNERS, page


def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    names = [runner.name for runner in RUNNERS]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for name, text in zip(names, pool.map(page, names), strict=True):
            path = FOLDER / f"{name}.txt"
            before = path.read_text(encoding="utf-8") if path.exists() else None
            path.write_text(text, encoding="utf-8")
            print(f"{'the same' if text == before else 'new     ' if before is None else 'changed '}  {path.name}")
    for path in sorted(FOLDER.iterdir()):
        if path.stem not in names:
            path.unlink()
            print(f"removed   {path.name}: no runner of that name")
    return 0


if __name__ == "__main__":
    sys.exit(main())

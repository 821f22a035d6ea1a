"""Write the golden runs anew for review: `python -m tests.golden`, or `make golden`."""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from cued.runtime.golden import decided_today
from tests.golden.cases import MADE, RECORDED
from tests.golden.conduct import FOLDER, golden_file, golden_text
from tests.golden.test_sessions import FOLDER as SESSIONS
from tests.support.tools import data_folder


def main() -> int:
    data = data_folder()
    runs = None if data is None else data / "runs"
    FOLDER.mkdir(exist_ok=True)
    changed = 0
    absent = [case for case in RECORDED if runs is None or not (runs / case.run).is_file()]
    cases = [case for case in (*MADE, *RECORDED) if case not in absent]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for case, text in zip(cases, pool.map(partial(golden_text, runs=runs), cases), strict=True):
            path = golden_file(case)
            before = path.read_text(encoding="utf-8") if path.exists() else None
            if text == before:
                print(f"the same  {path.name}")
                continue
            path.write_text(text, encoding="utf-8")
            changed += 1
            print(f"{'new     ' if before is None else 'changed '}  {path.name}")
    for case in absent:
        print(f"left as it was  {golden_file(case).name}: {case.run} is not on this machine (CUED_TEST_DATA)")
    kept = {golden_file(case) for case in (*MADE, *RECORDED)}
    for path in sorted(set(FOLDER.iterdir()) - kept):
        path.unlink()
        changed += 1
        print(f"removed   {path.name}: no case of that name")
    for path in sorted(SESSIONS.glob("*.txt")):
        before = path.read_text(encoding="utf-8")
        text = decided_today(before)
        if text != before:
            path.write_text(text, encoding="utf-8")
            changed += 1
        print(f"{'the same' if text == before else 'changed '}  {path.name}")
    if changed:
        print("\nReview them before you commit: git diff tests/golden")
    return 0


if __name__ == "__main__":
    sys.exit(main())

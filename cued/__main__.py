"""`python -m cued` is `cued`."""

from __future__ import annotations

import sys

from cued.cli.main import main

sys.exit(main())

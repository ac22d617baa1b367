"""`python -m gait.cli`."""

import sys

from gait.cli.main import main

sys.exit(main())

"""`python -m roadstead.agent`."""

import sys

from roadstead.agent.main import main

sys.exit(main())

"""``python -m codecomplete.integrations.edit`` is ``cc-edit``."""

import sys

from . import main

sys.exit(main())

"""Ghost text in any prompt made with prompt_toolkit; IPython and ptpython are attached with it."""

from .attach import Attachment, attach
from .ghost import GhostText

__all__ = ["Attachment", "GhostText", "attach"]

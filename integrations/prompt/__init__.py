"""Ghost text in any prompt made with prompt_toolkit: IPython, its debugger, ptpython and xonsh."""

from .attach import Attachment, attach
from .ghost import GhostText

__all__ = ["Attachment", "GhostText", "attach"]

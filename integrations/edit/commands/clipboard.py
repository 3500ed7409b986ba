"""Cut, copy and paste: real characters outside, the editor's own inside."""

from __future__ import annotations

from textual import events
from textual.actions import SkipAction

from ..edit_area import EditArea


class Clipboard(EditArea):
    """Mixin for ``Editor``: the clipboard."""

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        try:
            self.paste(event.text)
        finally:
            self.host.turn_over(event)

    def action_paste(self) -> None:
        self.paste(self.app.clipboard)

    def paste(self, text: str) -> None:
        """Replace the selection by text from outside, as one undo step."""
        if not self.read_only and text:
            self.put_as_step(self.buffer.file.inward(text), *sorted(self.selection))

    def action_copy(self) -> None:
        if self.selection.is_empty:
            raise SkipAction
        self.app.copy_to_clipboard(self.buffer.file.outward(self.selected_text))

    def action_cut(self) -> None:
        """Cut the selection; without one, the caret's line."""
        if self.read_only:
            return
        if self.selection.is_empty:
            cut = self._delete_cursor_line()
        else:
            cut = self.delete(*self.selection, maintain_selection_offset=False)
        if cut is not None:
            self.app.copy_to_clipboard(self.buffer.file.outward(cut.replaced_text))

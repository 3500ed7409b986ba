"""Cut, copy and paste: real characters outside, the editor's own inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.actions import SkipAction

if TYPE_CHECKING:
    from ..editor import Editor


class Clipboard:
    """Part of ``Editor``."""

    async def _on_paste(self: Editor, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        if self.app.focused is not self:  # the key before it has gone elsewhere
            await self._focus_elsewhere()
            (self.app.focused or self.app.screen)._forward_event(events.Paste(event.text))
        else:
            self._paste(event.text)

    def action_paste(self: Editor) -> None:
        self._paste(self.app.clipboard)

    def _paste(self: Editor, text: str) -> None:
        if not self.read_only and text:
            self.put_as_step(self.buffer.file.inward(text), *sorted(self.selection))

    def action_copy(self: Editor) -> None:
        if self.selection.is_empty:
            raise SkipAction
        self.app.copy_to_clipboard(self.buffer.file.outward(self.selected_text))

    def action_cut(self: Editor) -> None:
        """What is selected, or the line of the caret."""
        if self.read_only:
            return
        if self.selection.is_empty:
            cut = self._delete_cursor_line()
        else:
            cut = self.delete(*self.selection, maintain_selection_offset=False)
        if cut is not None:
            self.app.copy_to_clipboard(self.buffer.file.outward(cut.replaced_text))

"""Which files are open and which of them is shown, as tabs above the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import ContentSwitcher, Tab, Tabs

from .buffer import Buffer
from .editor import Editor

if TYPE_CHECKING:
    from .app import EditorApp


class OpenFiles:
    """Part of ``EditorApp``."""

    @property
    def editors(self: EditorApp) -> list[Editor]:
        return list(self.screen_stack[0].query(Editor)) if self.screen_stack else []

    @property
    def editor(self: EditorApp) -> Editor:
        """The one that is shown."""
        switcher = self.screen_stack[0].query_one("#editors", ContentSwitcher)
        return next(editor for editor in self.editors if editor.id == switcher.current)

    async def add(self: EditorApp, buffer: Buffer, place: tuple[int, int] | None = None) -> Editor:
        """Open one more text, in a tab of its own."""
        editor = Editor(buffer, self.suggester, self.options)
        await self.screen_stack[0].query_one("#editors", ContentSwitcher).mount(editor)
        if place is not None:
            editor.go_to(*place)
        self.show(editor)
        return editor

    async def remove(self: EditorApp, editor: Editor) -> None:
        """Close a tab; the last one ends the app."""
        left = [one for one in self.editors if one is not editor]
        self.suggester.forget(editor.buffer.number)
        if not left:
            self.exit(0)
            return
        self.show(left[-1])
        await editor.remove()
        self._draw_tabs()

    def show(self: EditorApp, editor: Editor) -> None:
        """Bring an editor to the front."""
        self.screen_stack[0].query_one("#editors", ContentSwitcher).current = editor.id
        editor.focus()
        self._draw_tabs()
        self.refresh_status()

    def _draw_tabs(self: EditorApp) -> None:
        tabs = self.screen_stack[0].query_one(Tabs)
        names = {f"tab-{one.id}": one.buffer.name for one in self.editors}
        for gone in self._tabbed - names.keys():
            tabs.remove_tab(gone)
        for new in [name for name in names if name not in self._tabbed]:
            tabs.add_tab(Tab(Content(names[new]), id=new))
        self._tabbed = set(names)
        for tab in tabs.query(Tab):
            if tab.id in names:
                tab.label = Content(names[tab.id])
        tabs.display = len(names) > 1
        self.call_after_refresh(self._mark_tab)

    def _mark_tab(self: EditorApp) -> None:
        self.screen_stack[0].query_one(Tabs).active = f"tab-{self.editor.id}"

    def on_tabs_tab_activated(self: EditorApp, event: Tabs.TabActivated) -> None:
        """By the user, which focuses the tabs; what follows ``show`` comes late and says nothing
        new."""
        if event.tabs.has_focus:
            chosen = str(event.tab.id).removeprefix("tab-")
            self.show(next(one for one in self.editors if one.id == chosen))

"""Which files are open and which of them is shown, as tabs above the text.

Keeps the editors itself: while widgets go away, as when the app ends, they can still be told what
is unsaved, and nothing has to be looked for that may not be there any more.
"""

from __future__ import annotations

from textual.content import Content
from textual.widgets import ContentSwitcher, Tab, Tabs

from ..shared.suggester import Suggester
from .buffer import Buffer
from .editor import Editor
from .guarding import Survivor
from .settings import EditOptions


class OpenFiles(Survivor):
    """An application with editors in tabs."""

    options: EditOptions
    suggester: Suggester

    def refresh_status(self) -> None:
        """Say how things are."""
        raise NotImplementedError

    def open_first(self, buffers: list[Buffer]) -> None:
        """What is there from the start; called before anything is composed."""
        self._tabbed: set[str] = set()  # what the tabs are called
        self._editors = [self._editor_of(buffer) for buffer in buffers]
        self._front = self._editors[0]
        self.tabs = Tabs(id="tabs")
        self.switcher = ContentSwitcher(*self._editors, id="editors", initial=self._front.id)

    def _editor_of(self, buffer: Buffer) -> Editor:
        return Editor(buffer, self.suggester, self.options)

    @property
    def editors(self) -> list[Editor]:
        """All that are open, as their tabs are in order."""
        return list(self._editors)

    @property
    def editor(self) -> Editor:
        """The one that is shown."""
        return self._front

    async def add(self, buffer: Buffer, place: tuple[int, int] | None = None) -> Editor:
        """Open one more text, in a tab of its own."""
        editor = self._editor_of(buffer)
        self._editors.append(editor)
        await self.switcher.mount(editor)
        if place is not None:
            editor.go_to(*place)
        self.show(editor)
        return editor

    async def remove(self, editor: Editor) -> None:
        """Close a tab; the last one ends the app."""
        self.suggester.forget(editor.buffer.number)
        editor.keep_steps()
        editor.buffer.closed()
        self._editors.remove(editor)
        if not self._editors:
            self.exit(0)
            return
        self.show(self._editors[-1])
        await editor.remove()
        self._draw_tabs()

    def show(self, editor: Editor) -> None:
        """Bring an editor to the front."""
        self._front = editor
        self.switcher.current = editor.id
        editor.focus()
        self._draw_tabs()
        self.refresh_status()

    def _draw_tabs(self) -> None:
        names = {f"tab-{one.id}": one.buffer.name for one in self._editors}
        for gone in self._tabbed - names.keys():
            self.tabs.remove_tab(gone)
        for new in [name for name in names if name not in self._tabbed]:
            self.tabs.add_tab(Tab(Content(names[new]), id=new))
        self._tabbed = set(names)
        for tab in self.tabs.query(Tab):
            if tab.id in names:
                tab.label = Content(names[tab.id])
        self.tabs.display = len(names) > 1
        self.call_after_refresh(self._mark_tab)

    def _mark_tab(self) -> None:
        name = f"tab-{self._front.id}"
        if not self.closing and self.tabs.query(f"#{name}"):
            self.tabs.active = name

    def on_tabs_tab_activated(self, event: Tabs.TabActivated) -> None:
        """By the user, which focuses the tabs; what follows ``show`` comes late and says nothing
        new."""
        if event.tabs.has_focus:
            for editor in self._editors:
                if event.tab.id == f"tab-{editor.id}":
                    self.show(editor)

"""Which files are open and which are shown, with tabs above the text.

Keeps the editors in a list of its own: unsaved work can be read from it even while the app ends and
removes its widgets.
"""

from __future__ import annotations

from textual import on
from textual.content import Content
from textual.widgets import Tab, Tabs

from ..shared.suggester import Suggester
from .buffer import Buffer
from .editor import Editor
from .guarding import Survivor
from .panes import Panes
from .settings import EditOptions


class OpenFiles(Survivor):
    """An application with editors in tabs."""

    options: EditOptions
    suggester: Suggester

    def refresh_status(self) -> None:
        """Update the status line."""
        raise NotImplementedError

    def open_first(self, buffers: list[Buffer]) -> None:
        """Create the first editors; called before ``compose``."""
        self._tabbed: set[str] = set()  # the ids of the tabs
        self._editors = [self._editor_of(buffer) for buffer in buffers]
        self._front = self._editors[0]
        self.tabs = Tabs(id="tabs")
        self._beside: Editor | None = None  # the editor on the other side of a split view
        self.panes = Panes(*self._editors, shown=self._front)

    def _editor_of(self, buffer: Buffer) -> Editor:
        return Editor(buffer, self.suggester, self.options)

    @property
    def editors(self) -> list[Editor]:
        """All open editors, in the order of their tabs."""
        return list(self._editors)

    @property
    def editor(self) -> Editor:
        """The editor in front: the only one that is shown, or the active side of a split view."""
        return self._front

    async def add(self, buffer: Buffer, place: tuple[int, int] | None = None) -> Editor:
        """Open another text in a tab of its own, at ``place`` (line and column, from 1)."""
        editor = self._editor_of(buffer)
        self._editors.append(editor)
        await self.panes.mount(editor)
        if place is not None:
            editor.go_to(*place)
        self.show(editor)
        self.opened(editor)
        return editor

    def opened(self, editor: Editor) -> None:
        """Called when a text is opened later, and after it is saved, perhaps under a new name."""

    def left(self, editor: Editor) -> None:
        """Called before a text is closed."""

    async def remove(self, editor: Editor) -> None:
        """Close a tab; the last one ends the app."""
        if self._beside is not None:
            await self.one_view()
            editor = editor if editor in self._editors else self._front
        self.suggester.forget(editor.buffer.number)
        editor.keep_steps()
        self.left(editor)
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
        if editor is self._beside:
            self._beside = self._front
        elif self._beside is not None and editor is not self._front:
            editor.display = True
        self._front = editor
        self.panes.show([one for one in (editor, self._beside) if one is not None])
        editor.focus()
        self._draw_tabs()
        self.refresh_status()

    async def two_views(self) -> None:
        """Split the view: show the text twice. Either side can then show another file."""
        front = self._front
        self._beside = Editor(front.buffer, self.suggester, self.options, twin=front)
        await self.panes.mount(self._beside, after=front)
        self._beside.go_to(*(one + 1 for one in front.cursor_location))
        self.show(front)

    async def one_view(self) -> None:
        """Join the views: keep the front one, and of a text shown twice the editor of its tab."""
        twin = next((one for one in (self._front, self._beside) if one not in self._editors), None)
        twin = twin or next((one.twin for one in self._editors if one.twin is not None), None)
        self._beside = None
        if twin is None:
            self.show(self._front)
            return
        origin = twin.twin or self._editors[0]
        if self._front is twin:
            origin.selection, self._front = twin.selection, origin
        twin.part()
        self.show(self._front)
        await twin.remove()

    def other_view(self) -> None:
        """Go to the other side of a split view."""
        if self._beside is not None:
            self.show(self._beside)

    @property
    def tab_of_front(self) -> Editor:
        """The editor whose tab belongs to the text in front."""
        front = self._front
        return front if front in self._editors else front.twin or self._editors[0]

    @on(Editor.Entered)
    def entered(self, event: Editor.Entered) -> None:
        """The user clicked into the other side."""
        if event.editor is self._beside:
            self.show(event.editor)

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
        name = f"tab-{self.tab_of_front.id}"
        if not self.closing and self.tabs.query(f"#{name}"):
            self.tabs.active = name

    def on_tabs_tab_activated(self, event: Tabs.TabActivated) -> None:
        """The user chose a tab, which focuses the tabs; events that ``show`` causes are ignored."""
        if event.tabs.has_focus:
            for editor in self._editors:
                if event.tab.id == f"tab-{editor.id}":
                    self.show(editor)

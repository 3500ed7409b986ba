"""What a user interface of Neovim shows from frame to frame: the grid at each "flush", which is
when a terminal writes. What Neovim draws and draws over before that is seen by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

ROWS, COLUMNS = 24, 80


class Frames:
    """The rows of every frame since ``attached``; ask for them with ``read``."""

    def __init__(self, nvim) -> None:
        self.nvim = nvim
        self._grid = [[" "] * COLUMNS for _ in range(ROWS)]

    def read(self) -> list[list[str]]:
        """All frames that Neovim has sent by now, each a list of rows."""
        self.nvim.command(f"call rpcnotify({self.nvim.channel_id}, 'end of frames')")
        found: list[list[str]] = []
        while True:
            _, name, arguments = self.nvim.next_message()
            if name == "end of frames":
                return found
            for event, *calls in arguments:
                for call in calls:
                    self._draw(event, call, found)

    def _draw(self, event: str, call: list, found: list[list[str]]) -> None:
        if event == "grid_line":
            _, row, column, cells = call[:4]
            for text, *more in cells:
                for _ in range(more[1] if len(more) > 1 else 1):
                    self._grid[row][column] = text
                    column += 1
        elif event == "grid_clear":
            self._grid = [[" "] * COLUMNS for _ in range(ROWS)]
        elif event == "flush":
            found.append(["".join(row).rstrip() for row in self._grid])


@contextmanager
def attached(nvim) -> Iterator[Frames]:
    """A user interface for as long as the block runs."""
    nvim.ui_attach(COLUMNS, ROWS, rgb=True, ext_linegrid=True)
    frames = Frames(nvim)
    try:
        frames.read()
        yield frames
    finally:
        nvim.ui_detach()
        frames.read()

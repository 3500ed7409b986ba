"""Deletes inputs from IPython's history: on disk, in memory, and in its prompt.

What is deleted is overwritten on disk, since it may be a password. Knows IPython's history, and
nothing of suggestions.
"""

from __future__ import annotations

from typing import Any

SHORTEST = 4  # characters; a shorter text is in nearly every input


def forget(shell: Any, text: str) -> int:
    """Delete every input that contains ``text``, in all sessions; returns how many there were."""
    manager: Any = shell.history_manager
    manager.writeout_cache()
    held = _forget_in_lists(manager, text)
    stored = _forget_on_disk(manager, text) if manager.enabled else 0
    _forget_in_names(shell, text)
    _forget_at_the_prompt(shell, text)
    return max(held, stored)


def _forget_in_lists(manager: Any, text: str) -> int:
    """Empty the inputs that are deleted; all inputs keep their numbers."""
    found = 0
    for inputs in (manager.input_hist_raw, manager.input_hist_parsed):
        places = [place for place, entry in enumerate(inputs) if text in entry]
        found = max(found, len(places))
        for place in places:
            inputs[place] = ""
    for name in ("_i00", "_i", "_ii", "_iii"):
        if text in getattr(manager, name, ""):
            setattr(manager, name, "")
    return found


def _forget_on_disk(manager: Any, text: str) -> int:
    """Delete from the database, and overwrite the freed pages, which would keep their content."""
    where = "WHERE instr(source, :text) OR instr(source_raw, :text)"
    with manager.db_input_cache_lock, manager.db:
        manager.db.execute("PRAGMA secure_delete = ON")
        manager.db.execute(
            "DELETE FROM output_history WHERE (session, line) IN "
            f"(SELECT session, line FROM history {where})",
            {"text": text},
        )
        deleted = manager.db.execute(f"DELETE FROM history {where}", {"text": text})
    return int(deleted.rowcount)


def _forget_in_names(shell: Any, text: str) -> None:
    """Empty the variables in which IPython keeps inputs: ``_i``, ``_ih``, ``_i3``."""
    for name, value in list(shell.user_ns.items()):
        if name.startswith("_i") and isinstance(value, str) and text in value:
            shell.user_ns[name] = ""


def _forget_at_the_prompt(shell: Any, text: str) -> None:
    history = getattr(getattr(shell, "pt_app", None), "history", None)
    loaded = getattr(history, "_loaded_strings", None)
    if loaded is not None:
        loaded[:] = [entry for entry in loaded if text not in entry]

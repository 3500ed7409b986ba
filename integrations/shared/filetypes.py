"""What editors call the languages that the engine knows."""

from __future__ import annotations

LANGUAGES = {
    "bash": "shell", "c": "c", "cpp": "cpp", "go": "go", "java": "java",
    "javascript": "javascript", "javascriptreact": "javascript", "kotlin": "kotlin", "ksh": "shell",
    "lua": "lua", "markdown": "markdown", "php": "php", "python": "python", "rust": "rust",
    "sh": "shell", "shellscript": "shell", "typescript": "typescript",
    "typescriptreact": "typescript", "zsh": "shell",
}  # fmt: skip
"""The engine's name for each file type of Neovim and Vim, and for each identifier of LSP."""

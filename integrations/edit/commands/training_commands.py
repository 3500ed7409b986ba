"""Commands that train the model on the project, alone or together with others.

The trainer is a separate process, so that it delays no key; it ends with the editor.
"""

from __future__ import annotations

from pathlib import Path

from textual import work

from ..buffer import shown
from ..dialogs import Ask, Prompt
from ..paths import BadName
from ..shelf import Compare
from ..training import Training
from .project_commands import ProjectCommands

COMMANDS = (
    ("Train on this project", "A model that knows your code better; nothing is sent", "app.train"),
    ("Join federated training", "With others, who do not see your code", "app.join_training"),
    ("Show training", "The output of the current training", "app.show_training"),
    ("Stop training", "Starting it again continues where it stopped", "app.stop_training"),
)
MINUTES = "30"
TRAIN, CANCEL = "Train", "Cancel"
MISSING = ("ModuleNotFoundError", "ImportError")
HOW = "pip install 'codecomplete[train,corpus,federated]'"
NOT_BETTER = 3  # the trainer's exit status if it installs no model


class TrainingCommands(ProjectCommands):
    """The commands of the app that concern training."""

    _training: Training | None = None

    @work
    async def action_train(self) -> None:
        folder = self._trainable()
        if folder is None:
            return
        question = f"Train on {self.paths.shown(folder) or folder} for how many minutes?"
        minutes = await self.push_screen_wait(Prompt(question, MINUTES))
        if minutes is None:
            return
        if not (minutes.isascii() and minutes.isdigit() and int(minutes)):
            self.complain(f"{minutes!r} is not a number of minutes.")
            return
        self._begin("Training", ("personal", str(folder), "--minutes", minutes))

    @work
    async def action_join_training(self) -> None:
        folder = self._trainable()
        if folder is None:
            return
        server = await self.push_screen_wait(Prompt("Join which server? (HOST:PORT)"))
        if server is None:
            return
        asked = Prompt("The server's certificate, ca.crt, as you were given it", "",
                       self.paths.completions)  # fmt: skip
        name = await self.push_screen_wait(asked)
        if name is None:
            return
        try:
            certificate = self.paths.absolute(name)
        except BadName as error:
            self.complain(f"{error}.")
            return
        question = (
            f"Train on {folder} together with {server}? Changes to the model are sent there, "
            "but no code."
        )
        if await self.push_screen_wait(Ask(question, (CANCEL, TRAIN))) == TRAIN:
            words = ("federated", "join", server, str(folder), "--certificate", str(certificate))
            self._begin("Federated training", words)

    def _trainable(self) -> Path | None:
        """The project's folder; None, with a message, if there is none or training is running."""
        if self._training is not None and self._training.running:
            self.complain("Training is already running; “Show training” in the palette shows it.")
            return None
        folder = self.project_folder
        if folder is None:
            self.complain("There is no folder to train on.")
        return folder

    def _begin(self, name: str, words: tuple[str, ...]) -> None:
        self._training = Training(name, words)
        self.complain(f"{name} has begun; “Show training” in the palette shows its progress.")
        self._run(self._training)

    @work(group="asked")
    async def _run(self, training: Training) -> None:
        try:
            status = await training.run()
        except OSError as error:
            self.complain(f"{training.name} could not be started: {error}")
            return
        if status < 0:
            self.complain(f"{training.name} was stopped.")
            return
        said = shown(training.last_line)
        if said.startswith(MISSING):
            self.complain(f"{training.name} needs the trainer, which is not installed here: {HOW}")
            return
        ends = {0: "has ended", NOT_BETTER: "has ended, and no model was installed"}
        self.complain(f"{training.name} {ends.get(status, 'failed')}: {said}")

    @work
    async def action_show_training(self) -> None:
        training = self._training
        if training is None:
            self.complain("No training has been started here.")
            return
        state = "is running" if training.running else "has ended"
        lines = training.lines() or ["There is no output yet."]
        title = f"{training.name} {state}; Esc goes back."
        await self.push_screen_wait(Compare(title, [shown(line) for line in lines]))

    @work
    async def action_stop_training(self) -> None:
        if self._training is None or not self._training.running:
            self.complain("No training is running here.")
        else:
            await self._training.stop()

    async def end_training(self) -> None:
        """Stop the training because the editor ends."""
        if self._training is not None:
            await self._training.stop()

"""Keeps libraries from reporting to their makers and from writing over the user's screen.

This is the only place for that. ``import codecomplete`` comes before every part, and so before
every library: a library reads its switch once, when it is imported. Imports none of them itself;
knows no model and no host.

Facts from the source of each library, and from strace:

- onnxruntime, official wheels from 1.29 on: writes an identifier and a data base below
  ``~/.cache`` and reports to its maker, unless CI is set. Earlier wheels report nothing.
- huggingface_hub (below datasets and datatrove): reports which library is used, and looks for a
  newer version of itself.
- Flower (``flwr``), which federated training runs on: its commands report to their maker and look
  for newer versions. They are started with our environment.
- pip and npm, which ``corpus`` runs: look for newer versions of themselves; npm also asks for
  audits and prints requests for funding.
- detect-secrets, which only tests run: can try the keys that it finds with the services they belong
  to, if it is configured to do so. Ours are never tried.
- torch, tensorboard's writer, tokenizers, numpy, unearth, apt, IPython, Textual, pynvim: nothing.
"""

from __future__ import annotations

import os
import sys
from types import ModuleType

OPT_OUTS = {
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    "FLWR_TELEMETRY_ENABLED": "0",
    "FLWR_DISABLE_UPDATE_CHECK": "1",
    "TOKENIZERS_LOG": "off",  # its log would go to standard error, at every key
}
"""Set in our own process, whatever the environment contains."""

CLIENTS = {
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "NPM_CONFIG_UPDATE_NOTIFIER": "false",
    "NPM_CONFIG_AUDIT": "false",
    "NPM_CONFIG_FUND": "false",
}
"""For the registry clients that we start."""

_FATAL = 4  # the last of onnxruntime's five severities


def opt_out() -> None:
    """Switch off every library's reports. Calling this again has no effect."""
    os.environ.update(OPT_OUTS)


def environment_of_clients() -> dict[str, str]:
    """The environment in which a registry client requests only what it is told to."""
    return {**os.environ, **OPT_OUTS, **CLIENTS}


def onnxruntime() -> ModuleType:
    """The runtime, set to report and print nothing.

    A program that imported it before us may want to read its messages, and keeps them; only its
    reports end.
    """
    theirs = "onnxruntime" in sys.modules
    opt_out()
    import onnxruntime

    runtime: ModuleType = onnxruntime
    runtime.disable_telemetry_events()
    if not theirs:
        runtime.set_default_logger_severity(_FATAL)
    return runtime

"""Keeps the libraries beside us from reporting home and from writing over the user's screen.

The one place that says so. ``import codecomplete`` comes before every part and so before every
library: a library reads its switch when it is imported, and once only. Imports none of them itself;
knows no model and no host.

Looked up in the source of each, and in what strace saw of it:

- onnxruntime, official wheels from 1.29 on: writes an identifier and a data base below
  ``~/.cache`` and reports to its maker, unless CI is set. Earlier wheels report nothing.
- huggingface_hub (below datasets and datatrove): reports which library is used, and looks for a
  newer version of itself.
- Flower (``flwr``), which federated training runs on: its commands report to their maker and look
  for newer versions. They are started with our environment.
- pip and npm, which ``corpus`` runs: look for newer versions of themselves; npm also asks for
  audits and prints requests for funding.
- detect-secrets, which only tests run: can try the keys it finds at the services they belong to,
  where it is configured to. Ours are never tried.
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
    "TOKENIZERS_LOG": "off",  # would go to standard error, at every key
}
"""Set in our own process; whatever the environment says of them."""

CLIENTS = {
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "NPM_CONFIG_UPDATE_NOTIFIER": "false",
    "NPM_CONFIG_AUDIT": "false",
    "NPM_CONFIG_FUND": "false",
}
"""For the registries' clients that we start."""

_FATAL = 4  # of onnxruntime's five grades of messages, the last


def opt_out() -> None:
    """Decline every library's reports. Calling it again does no harm."""
    os.environ.update(OPT_OUTS)


def environment_of_clients() -> dict[str, str]:
    """The environment in which a registry's client asks for nothing but what it is told to."""
    return {**os.environ, **OPT_OUTS, **CLIENTS}


def onnxruntime() -> ModuleType:
    """The runtime, told to report nothing and to print nothing.

    A program that imported it before us may want to read its messages, and keeps them; its
    reports end all the same.
    """
    theirs = "onnxruntime" in sys.modules
    opt_out()
    import onnxruntime

    runtime: ModuleType = onnxruntime
    runtime.disable_telemetry_events()
    if not theirs:
        runtime.set_default_logger_severity(_FATAL)
    return runtime

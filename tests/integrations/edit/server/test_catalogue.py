"""Which server a language has."""

from __future__ import annotations

import pytest

from codecomplete.integrations.edit.files.languages import EXTENSIONS
from codecomplete.integrations.edit.server.catalogue import KNOWN, BadServer, chosen, id_of


def test_known_servers_are_of_known_languages():
    assert KNOWN.keys() <= EXTENSIONS.keys()
    assert id_of("shell") == "shellscript" and id_of("c") == "c"


@pytest.mark.parametrize("line", ["", "nolanguage", ": pylsp", "c: 'unclosed"])
def test_a_line_that_names_no_server_is_said(line):
    with pytest.raises(BadServer):
        chosen([line])

"""Vim's JSON channel: lines in, messages out, and back."""

from __future__ import annotations

import io
import json
import threading

from codecomplete.integrations.vim.channel import messages, sender


def test_a_line_is_a_verb_and_its_message():
    lines = [b'[3,["suggest",{"id":1,"text":"gr\\u00f6\\u00dfe"}]]\n', b'[4,["cancel",{}]]\n']
    assert list(messages(lines)) == [("suggest", {"id": 1, "text": "größe"}), ("cancel", {})]


def test_what_is_no_message_is_left_out_and_the_next_one_counts():
    broken = [b"\n", b"[1\n", b"{}\n", b'[1,"ex"]\n', b"\xff\n", b'[1,["one"]]\n']
    assert list(messages([*broken, b'[2,["ping",{}]]\n'])) == [("ping", {})]


def test_messages_of_several_threads_do_not_mix():
    stream = io.BytesIO()
    send = sender(stream)

    def many(name: str) -> None:
        for number in range(200):
            send(name, {"text": f"{number}\n'é'" * 50})

    threads = [threading.Thread(target=many, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert len(found) == 600 and all(number == 0 for number, _ in found)
    assert [message["text"][:3] for _, (verb, message) in found if verb == "a"][:2] == [
        "0\n'", "1\n'",
    ]  # fmt: skip


def test_a_vim_that_is_gone_raises_nothing():
    stream = io.BytesIO()
    stream.close()
    sender(stream)("suggestion", {"id": 1})

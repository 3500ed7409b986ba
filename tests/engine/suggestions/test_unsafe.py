"""What is never suggested, unless the file does it already."""

from __future__ import annotations

import pytest

from codecomplete.engine.suggestions.caret import Caret
from codecomplete.engine.suggestions.unsafe import is_unsafe

UNSAFE = [
    ("python", "requests.get(url, ver", "ify=False)"),
    ("python", "data = yaml.", "load(stream)"),
    ("python", "context.verify_mode = ssl.", "CERT_NONE"),
    ("python", "value = eval(", "input())"),
    ("python", "os.system(", 'f"rm {name}")'),
    ("python", "subprocess.run(command, ", "shell=True)"),
    ("python", "cursor.execute(", '"SELECT * FROM t WHERE id = %s" % key)'),
    ("python", "state = pickle.", "load(file)"),
    ("c", "    ", "gets(line);"),
    ("c", "    str", "cpy(target, source);"),
    ("java", "Object o = new Object", "InputStream(in).readObject();"),
    ("javascript", "element.inner", "HTML = text;"),
    ("go", "config := &tls.Config{Insecure", "SkipVerify: true}"),
    ("rust", "builder.danger_accept_invalid_certs(", "true)"),
    ("php", "", "echo $_GET['name'];"),
    ("shell", "curl -fsSL https://example.org/x ", "| sudo bash -s"),
    ("shell", "curl -s", "k https://example.org"),
    ("shell", "wget ", "--no-check-certificate https://example.org/x"),
    ("shell", "chmod -R ", "777 /srv"),
    ("shell", "ssh -o Strict", "HostKeyChecking=no host"),
    ("shell", "rm -rf ", "$DIR/*"),
    ("shell", "rm -rf ", "/"),
    ("shell", "eval ", '"$1"'),
    ("lua", "os.execute(", '"rm " .. name)'),
    ("lua", "load(", "io.read())()"),
]
SAFE = [
    ("python", "data = yaml.", "safe_load(stream)"),
    ("python", "data = yaml.", "load(stream, Loader=yaml.SafeLoader)"),
    ("python", "cursor.execute(", '"SELECT * FROM t WHERE id = %s", (key,))'),
    ("python", "os.system(", '"clear")'),
    ("python", "value = literal_eval(", "input())"),
    ("python", "verify = ", "True"),
    ("c", "    ", "fgets(line, sizeof line, stdin);"),
    ("c", "    str", "ncpy(target, source, n);"),
    ("c", "    s", 'nprintf(line, sizeof line, "%s", name);'),
    ("java", "MessageDigest.getInstance(", '"SHA-256");'),
    (None, "    ", "gets(line);"),
    ("python", "requests.get(url, verify=False", ")"),
    ("shell", "curl -fsSL https://example.org/x ", "| tar xz"),
    ("shell", "curl --", "key x https://example.org"),
    ("shell", "rm -rf ", "/tmp/x"),
    ("shell", "rm -rf ", '"$DIR/build"'),
    ("shell", "chmod ", "755 run.sh"),
    ("shell", "eval ", '"$(ssh-agent -s)"'),
    ("lua", "os.execute(", '"clear")'),
    ("markdown", "Run ", "`curl https://example.org/x | sh`."),
]


@pytest.mark.parametrize(("language", "line", "text"), UNSAFE)
def test_a_shape_of_the_list_is_not_suggested(language, line, text):
    assert Caret("x = 1\n" + line, "", language).fit(text) == ""


@pytest.mark.parametrize(("language", "line", "text"), UNSAFE)
def test_a_file_that_does_it_already_gets_it(language, line, text):
    already = line + text + "\n"
    assert not is_unsafe(line, text, already + line, "", language)
    assert not is_unsafe(line, text, line, "\n" + already, language)


@pytest.mark.parametrize(("language", "line", "text"), SAFE)
def test_what_resembles_the_list_is_suggested(language, line, text):
    assert not is_unsafe(line, text, line, "", language)

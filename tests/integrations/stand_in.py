"""``python -I -S stand_in.py SOCKET ARGUMENTS``: stands in for a program, for whoever starts it.

It hands its standard files, arguments, environment and folder to a server (``standing_in.py``),
which forks the program, and it ends as the program does. A signal that asks it to end is passed on,
as the program may have something left to do; if it is killed, so is the program. It imports nothing
that Python has not loaded already, so that it starts in a few milliseconds.
"""

import _signal
import _socket
import marshal
import posix
import sys

_, place, *arguments = sys.argv
server = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
server.connect(place)
files = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
request = marshal.dumps((arguments, posix.environ, posix.getcwd()))
server.sendmsg([request], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, files)])
posix.closerange(0, 3)  # the program's only, from now on
program = int.from_bytes(server.recv(4), sys.byteorder)
asking = (_signal.SIGHUP, _signal.SIGINT, _signal.SIGTERM)
for number in asking:
    _signal.signal(number, lambda number, _: posix.kill(program, number))
status = int(server.recv(100) or b"1")
for number in asking:  # the program is gone
    _signal.signal(number, _signal.SIG_DFL)
if posix.WIFSIGNALED(status):
    posix.kill(posix.getpid(), posix.WTERMSIG(status))
posix._exit(posix.WEXITSTATUS(status))

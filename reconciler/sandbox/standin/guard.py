"""The first thing in a stand-in's process: limits, fences of the kernel, hooks; then the script.

It is run as a file, apart from the package, so it imports the standard library alone.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import runpy
import socket
import struct
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

try:
    import fcntl
except ImportError:  # no system that has sockets in files lacks it
    fcntl = None  # type: ignore[assignment]

NEW_USER, NEW_NET, NEW_PLACES = 0x10000000, 0x40000000, 0x00020000
BIND, DEEP, OWN = 0x1000, 0x4000, 0x40000
"""Flags of mount: another name of a folder, with all below it, and seen by nobody else."""
OPT, ML = "/opt", "/opt/ml"
"""Where SageMaker's containers have their files."""
UP, SET_FLAGS, GET_FLAGS = 1, 0x8914, 0x8913
REQUEST = "16sh22x"
CHUNK = 65_536
FILES, FILE = 256, 1 << 30
CREATE, ADD, RESTRICT = 444, 445, 446
"""Landlock's calls, the same on each machine."""
NO_NEW_PRIVILEGES = 38
EXECUTE, WRITE, READ, LIST = 1, 1 << 1, 1 << 2, 1 << 3
TRUNCATE = 1 << 14
RIGHTS = ((1, 13), (2, 14), (3, 15))
"""By version of Landlock, how many rights it knows."""
NETWORKS, SCOPES = 4, 6
"""The versions from which its attributes are longer."""
READABLE = (
    "/etc/gai.conf", "/etc/host.conf", "/etc/hosts", "/etc/localtime", "/etc/mime.types",
    "/etc/nsswitch.conf", "/etc/os-release", "/etc/protocols", "/etc/resolv.conf",
    "/etc/services", "/etc/ssl", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu",
    "/sys/fs/cgroup", "/usr/lib", "/usr/share/zoneinfo", "/usr/share/ca-certificates",
    "/dev/null", "/dev/urandom", "/dev/random",
)  # fmt: skip
NEVER = {
    "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile", "os.system",
    "pty.spawn", "subprocess.Popen", "os.kill", "os.killpg", "signal.pthread_kill", "syslog.syslog",
    "ftplib.connect", "smtplib.connect", "telnetlib.Telnet.open", "webbrowser.open",
    "ctypes.cdata", "ctypes.cdata/buffer", "ctypes.dlsym/handle", "sys.setprofile", "socket.bind",
    "socket.gethostbyname", "socket.gethostbyaddr",
}  # fmt: skip
NATIVE = {"ctypes.cdata", "ctypes.cdata/buffer", "ctypes.dlsym/handle"}
CHANGING = {
    "os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir",
    "os.symlink", "os.truncate", "os.utime", "os.setxattr", "os.removexattr", "os.chflags",
    "shutil.move", "shutil.rmtree", "tempfile.mkdtemp", "tempfile.mkstemp",
}  # fmt: skip
BOTH = {"os.rename", "os.link", "os.symlink", "shutil.move"}
LISTING = {"os.listdir", "os.scandir", "os.chdir", "os.walk", "os.fwalk", "glob.glob"}
SENDING = {"socket.connect", "socket.sendto", "socket.sendmsg"}
LOCAL = {"127.0.0.1", "localhost"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC


def main() -> None:
    """Shut the doors, and run the script."""
    told = json.loads(sys.stdin.read())
    sys.stdin = Path(os.devnull).open()  # noqa: SIM115  (for as long as the process is)
    limit(told["seconds"], told["memory"])
    home = told["home"]
    alone = apart()
    mounted = alone and told["container"] and mount(home)
    if alone:
        bridge(told["port"], told["relay"])
    alone = fence(home, ML if mounted else "") and alone
    sys.stdout.write(f"moorline-guard:{'alone' if alone else 'hooked'}\n")
    if told["container"] and not mounted:
        sys.stdout.write("moorline-guard:not mounted\n")
    sys.stdout.flush()

    def here(text: str) -> str:
        return text.replace(ML, f"{home}{ML}") if told["container"] and not mounted else text

    program = here(told["program"])
    os.environ.update({name: here(value) for name, value in told["variables"].items()})
    os.chdir(here(told["folder"]))
    sys.argv = [here(told["name"]), *map(here, told["arguments"])]
    sys.path[:0] = [here(each) for each in told["paths"]]
    own = (home, ML) if mounted else (home,)
    free = alone and told["native"]
    sys.addaudithook(hook(own, told["port"], told["relay"], free=free))
    if told["module"]:
        runpy.run_module(program, run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(program, run_name="__main__")


def mount(home: str) -> bool:
    """Let the folder `opt/ml` of one's own be ``/opt/ml``, for this process alone.

    All else in ``/opt`` stays as it is. Where there is no such folder, or the kernel does not let
    it be, texts that name it are changed instead.
    """
    libc = ctypes.CDLL(None, use_errno=True)

    def bound(source: str, target: str) -> bool:
        return bool(libc.mount(source.encode(), target.encode(), None, BIND | DEEP, None) == 0)

    if libc.mount(None, b"/", None, OWN | DEEP, None) != 0 or not Path(OPT).is_dir():
        return False
    place = f"{home}{ML}"
    if Path(ML).is_dir():
        return bound(place, ML)
    stage = Path(home, "stage")
    stage.mkdir()
    if libc.mount(b"tmpfs", str(stage).encode(), b"tmpfs", 0, None) != 0:
        return False
    for each in Path(OPT).iterdir():
        one = stage / each.name
        if each.is_symlink():
            one.symlink_to(each.readlink())
        elif each.is_dir():
            one.mkdir()
            if not bound(str(each), str(one)):
                return False
    (stage / "ml").mkdir()
    return bound(place, str(stage / "ml")) and bound(str(stage), OPT)


def limit(seconds: float, memory: float) -> None:
    """No more than it may: time of the processor, memory, files."""
    for what, wanted in (
        (resource.RLIMIT_CPU, max(1, int(seconds))),
        (resource.RLIMIT_AS, int(memory)),
        (resource.RLIMIT_FSIZE, FILE),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, ceiling = resource.getrlimit(what)
        most = wanted if ceiling == resource.RLIM_INFINITY else min(wanted, ceiling)
        with contextlib.suppress(OSError, ValueError):  # macOS knows no limit of addresses
            resource.setrlimit(what, (most, most))


def apart() -> bool:
    """Whether the process is in a network of its own now, in which there is nothing."""
    if not sys.platform.startswith("linux"):
        return False
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_USER | NEW_NET | NEW_PLACES) and libc.unshare(NEW_USER | NEW_NET):
        return False
    with contextlib.suppress(OSError):  # whose files are whose is the same without it
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        asked = struct.pack(REQUEST, b"lo", 0)
        flags = struct.unpack(REQUEST, fcntl.ioctl(one, GET_FLAGS, asked))[1]
        fcntl.ioctl(one, SET_FLAGS, struct.pack(REQUEST, b"lo", flags | UP))
    return True


def fence(home: str, also: str = "") -> bool:
    """Let the kernel keep files apart as well, where it has Landlock; no program can be begun then.

    Source: Linux, "Landlock: unprivileged access control".
    """
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    version = int(libc.syscall(CREATE, None, ctypes.c_size_t(0), 1))
    if version < 1:
        return False
    every = (1 << max(many for since, many in RIGHTS if since <= version)) - 1
    size = 24 if version >= SCOPES else 16 if version >= NETWORKS else 8
    attributes = struct.pack("QQQ", every, 0, 3 if version >= SCOPES else 0)[:size]
    rules = int(libc.syscall(CREATE, attributes, ctypes.c_size_t(size), 0))
    if rules < 0:
        return False
    own = [(each, every & ~EXECUTE) for each in (home, also) if each]
    own += [("/dev/null", WRITE | READ), ("/proc/self", READ | LIST)]
    for path, allowed in [*own, *((each, READ | LIST) for each in roots())]:
        _allow(libc, rules, path, allowed & every)
    libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    done = libc.syscall(RESTRICT, rules, 0) == 0
    os.close(rules)
    return bool(done)


def _allow(libc: Any, rules: int, path: str, allowed: int) -> None:  # noqa: ANN401  (ctypes')
    try:
        held = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    fits = allowed if Path(path).is_dir() else allowed & (WRITE | READ | TRUNCATE)
    libc.syscall(ADD, rules, 1, struct.pack("=Qi", fits, held), 0)
    os.close(held)


def roots() -> list[str]:
    """What may be read besides one's own folder: Python, and a few files of the machine's."""
    library = str(Path(os.__file__).parent)
    python = (sys.prefix, sys.base_prefix, sys.exec_prefix, library)
    return sorted({os.path.realpath(each) for each in (*python, *READABLE)})


def bridge(port: int, relay: str) -> None:
    """The sandbox's port in here, behind which is the relay."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(64)

    def accept() -> None:
        while True:
            near, _ = listener.accept()
            far = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            far.connect(relay)
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=forward, args=(one, other), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def forward(one: socket.socket, other: socket.socket) -> None:
    """Pass on what comes in, until nothing does."""
    with contextlib.suppress(OSError):
        while data := one.recv(CHUNK):
            other.sendall(data)
    with contextlib.suppress(OSError):
        other.shutdown(socket.SHUT_WR)


def hook(  # noqa: C901  (each thing that Python tells of)
    places: tuple[str, ...], port: int, relay: str, *, free: bool
) -> Callable[[str, tuple[Any, ...]], None]:
    """What a script may do, asked of each thing that it does.

    `free` lets it use libraries by ctypes, as numerical ones do: where the kernel holds it.
    """
    own = tuple(map(os.path.realpath, places))
    readable = (*own, *roots(), *READABLE, f"/proc/{os.getpid()}", "/proc/self")
    never = NEVER - NATIVE if free else NEVER
    real, fspath = os.path.realpath, os.fspath

    def under(path: Any, roots: tuple[str, ...]) -> bool:  # noqa: ANN401  (what Python was given)
        if isinstance(path, int) or path is None:
            return True
        text = fspath(path)
        name = text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else str(text)
        found = real(name)
        return any(found == root or found.startswith(f"{root.rstrip('/')}/") for root in roots)

    def opened(path: Any, mode: Any, flags: Any) -> bool:  # noqa: ANN401  (the same)
        writes = any(sign in (mode or "") for sign in "wax+") or (flags or 0) & WRITING
        return under(path, (*own, "/dev/null") if writes else readable)

    def reached(target: Any) -> bool:  # noqa: ANN401  (the same)
        if target is None or target == relay:
            return True
        return isinstance(target, tuple) and target[0] in LOCAL and target[1] == port

    def fits(event: str, given: tuple[Any, ...]) -> bool:
        if event == "open":
            return opened(*given)
        if event in SENDING:
            return reached(given[1])
        if event == "socket.getaddrinfo":
            return given[0] is None or given[0] in LOCAL
        if event == "ctypes.dlopen":
            return free or given[0] is None
        if event in CHANGING:
            return all(under(each, own) for each in given[: 2 if event in BOTH else 1])
        return event not in LISTING or not given or under(given[0], readable)

    def asked(event: str, given: tuple[Any, ...]) -> None:
        if event in never or not fits(event, given):
            what = next((it for it in given if isinstance(it, str | bytes | tuple)), "")
            raise PermissionError(f"a stand-in may not: {event} {what!r}")

    return asked


if __name__ == "__main__":
    main()

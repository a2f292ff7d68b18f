"""The first thing in a stand-in's process: limits, a network of its own, hooks; then the script.

It is run as a file, apart from the package, so it imports the standard library alone.
"""

import json
import os
import resource
import runpy
import socket
import sys
import threading

NEW_USER, NEW_NET = 0x10000000, 0x40000000
UP, SET_FLAGS, GET_FLAGS = 1, 0x8914, 0x8913
CHUNK = 65_536
FILES, FILE = 256, 1 << 30
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
    "ctypes.cdata", "ctypes.cdata/buffer", "ctypes.dlsym/handle", "sys.setprofile",
}  # fmt: skip
CHANGING = {
    "os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir",
    "os.symlink", "os.truncate", "os.utime", "os.setxattr", "os.removexattr", "os.chflags",
    "shutil.move", "shutil.rmtree", "tempfile.mkdtemp", "tempfile.mkstemp",
}  # fmt: skip
LISTING = {"os.listdir", "os.scandir", "os.chdir", "os.walk", "os.fwalk", "glob.glob"}
LOCAL = {"127.0.0.1", "localhost"}


def main():
    told = json.loads(sys.stdin.read())
    sys.stdin = open(os.devnull)  # noqa: SIM115  (for as long as the process is)
    limit(told)
    alone = apart()
    if alone:
        bridge(told["port"], told["relay"])
    alone = fence(told["home"]) and alone
    print(f"moorline-guard:{'alone' if alone else 'hooked'}", flush=True)
    sys.argv = [told["name"], *told["arguments"]]
    sys.addaudithook(hook(told["home"], told["port"], told["relay"]))
    runpy.run_path(os.path.join(told["home"], "job.py"), run_name="__main__")


def limit(told):
    """No more than it may: time of the processor, memory, files."""
    seconds = max(1, int(told["seconds"]))
    for what, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, int(told["memory"])),
        (resource.RLIMIT_FSIZE, FILE),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            _, ceiling = resource.getrlimit(what)
            most = most if ceiling == resource.RLIM_INFINITY else min(most, ceiling)
            resource.setrlimit(what, (most, most))
        except (OSError, ValueError):
            continue  # macOS knows no limit of addresses


def apart():
    """Whether the process is in a network of its own now, in which there is nothing."""
    if not sys.platform.startswith("linux"):
        return False
    import ctypes
    import fcntl
    import struct

    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_USER | NEW_NET) != 0:
        return False
    try:
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{user} {user} 1"),
            ("gid_map", f"{group} {group} 1"),
        ):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    except OSError:
        pass  # whose files are whose is the same without it
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        ask = struct.pack("16sh22x", b"lo", 0)
        flags = struct.unpack("16sh22x", fcntl.ioctl(one, GET_FLAGS, ask))[1]
        fcntl.ioctl(one, SET_FLAGS, struct.pack("16sh22x", b"lo", flags | UP))
    return True


def fence(home):
    """Let the kernel keep files apart as well, where it has Landlock; no program can be begun then.

    Source: Linux, "Landlock: unprivileged access control".
    """
    if not sys.platform.startswith("linux"):
        return False
    import ctypes
    import struct

    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(444, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    every = (1 << (13 if version < 2 else 14 if version < 3 else 15)) - 1
    scoped = 3 if version >= 6 else 0
    attributes = struct.pack("QQQ", every, 0, scoped)[
        : 24 if version >= 6 else 16 if version >= 4 else 8
    ]
    rules = libc.syscall(444, attributes, ctypes.c_size_t(len(attributes)), 0)
    if rules < 0:
        return False
    read, of_files = 1 << 2 | 1 << 3, 1 << 1 | 1 << 2 | (1 << 14 if version >= 3 else 0)
    for path, allowed in [(home, every & ~1), *((each, read) for each in roots()), ("/dev/null", of_files),
                          ("/proc/self", read)]:  # fmt: skip
        try:
            held = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        allowed = allowed if os.path.isdir(path) else allowed & of_files
        libc.syscall(445, rules, 1, struct.pack("=Qi", allowed & every, held), 0)
        os.close(held)
    libc.prctl(38, 1, 0, 0, 0)
    done = libc.syscall(446, rules, 0) == 0
    os.close(rules)
    return done


def roots():
    """What may be read besides one's own folder: Python, and a few files of the machine's."""
    python = (sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(os.__file__))
    return sorted({os.path.realpath(each) for each in (*python, *READABLE)})


def bridge(port, relay):
    """The sandbox's port in here, behind which is the relay."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(64)

    def accept():
        while True:
            near, _ = listener.accept()
            far = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            far.connect(relay)
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=forward, args=(one, other), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def forward(one, other):
    try:
        while data := one.recv(CHUNK):
            other.sendall(data)
    except OSError:
        pass
    finally:
        try:
            other.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def hook(home, port, relay):
    """What a script may do, asked of each thing that it does."""
    own = os.path.realpath(home)
    readable = (own, *roots(), *READABLE)
    real, fspath, join = os.path.realpath, os.fspath, os.path.join
    separator, me = os.sep, f"/proc/{os.getpid()}"
    writing = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC

    def under(path, roots):
        if isinstance(path, int) or path is None:
            return True
        text = fspath(path)
        text = text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else text
        found = real(join(own, text) if not text.startswith(separator) else text)
        return any(
            found == root or found.startswith(root.rstrip(separator) + separator) for root in roots
        )

    def refuse(event, what):
        raise PermissionError(f"a stand-in may not: {event} {what!r}")

    def asked(event, args):
        if event == "open":
            path, mode, flags = args
            write = any(sign in (mode or "") for sign in "wax+") or (flags or 0) & writing
            if write and not under(path, (own, "/dev/null")):
                refuse(event, path)
            if not write and not under(path, (*readable, me, "/proc/self")):
                refuse(event, path)
        elif event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            target = args[1]
            if target == relay or (
                isinstance(target, tuple) and target[0] in LOCAL and target[1] == port
            ):
                return
            if target is None:
                return
            refuse(event, target)
        elif event == "socket.getaddrinfo":
            if args[0] not in LOCAL and args[0] is not None:
                refuse(event, args[0])
        elif event == "socket.bind":
            refuse(event, args[1])
        elif event in ("socket.gethostbyname", "socket.gethostbyaddr"):
            refuse(event, args[0])
        elif event == "ctypes.dlopen":
            if args[0] is not None:
                refuse(event, args[0])
        elif event in CHANGING:
            for each in args[: 2 if event in {"os.rename", "os.link", "shutil.move"} else 1]:
                if not under(each, (own,)):
                    refuse(event, each)
        elif event in LISTING:
            if args and args[0] is not None and not under(args[0], (*readable, "/proc/self")):
                refuse(event, args[0])
        elif event in NEVER:
            refuse(event, args[0] if args else "")

    return asked


if __name__ == "__main__":
    main()

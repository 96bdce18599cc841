"""Sockets to be asked at: the port that was wished for, or the next free one."""

from __future__ import annotations

import errno
import socket
import sys

MOST_PORTS = 50
_TAKEN = {errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", 0)}
_FORBIDDEN = {errno.EACCES, errno.EPERM, getattr(errno, "WSAEACCES", 0)}


class NoPort(Exception):
    """The preview can't be served; str() is one plain sentence."""


def open_sockets(host: str, port: int) -> tuple[list[socket.socket], int]:
    """Sockets that listen on the first free port from `port` on. Raises NoPort when `host` isn't this machine's, or
    all of the next ports are taken.
    """
    for candidate in range(port, min(port + MOST_PORTS, 65536)):
        try:
            return bind(host.strip("[]"), candidate), candidate
        except OSError as error:
            if error.errno in _TAKEN or (sys.platform == "win32" and error.errno in _FORBIDDEN):
                continue  # Windows forbids what another program has for itself
            if error.errno in _FORBIDDEN:
                message = f"Port {candidate} is kept for the system; choose one above 1023 with --port."
                raise NoPort(message) from None
            raise NoPort(f"{host} isn't an address on which this machine can listen.") from None
        except UnicodeError:
            raise NoPort(f"{host} isn't a host's name.") from None
    last = min(port + MOST_PORTS - 1, 65535)
    raise NoPort(f"The ports from {port} to {last} are all in use; choose another with --port.")


def bind(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen on a port of all addresses that `host` stands for; all of them, or OSError."""
    sockets: list[socket.socket] = []
    try:
        found = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM, 0, socket.AI_PASSIVE)
        for family, kind, protocol, _, address in dict.fromkeys(found):
            one = socket.socket(family, kind, protocol)
            sockets.append(one)
            if sys.platform != "win32":  # where it would let two programs have one port
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.setblocking(False)
            one.bind(address)
            one.listen(128)
    except OSError:
        for one in sockets:
            one.close()
        raise
    return sockets

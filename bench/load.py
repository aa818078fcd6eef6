"""A small load generator: some connections kept open, each sending one request after the other."""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Load:
    """What a run gave: requests a second, and how often each status came."""

    per_second: float
    statuses: dict[int, int]
    median_ms: float

    @property
    def fine(self) -> bool:
        return all(status < 400 for status in self.statuses)


def request_bytes(method: str, target: str, *, headers: dict | None = None, body: bytes = b"") -> bytes:
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", "Connection: keep-alive"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def read_answer(file) -> int:
    """Read one answer off the connection; return its status."""
    status = int(file.readline().split()[1])
    length = 0
    while (line := file.readline()) not in (b"\r\n", b""):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    file.read(length)
    return status


def run(port: int, make: Callable[[int, int], bytes], *, clients: int, seconds: float) -> Load:
    """Send requests for a while; `make(client, number)` gives the bytes of each."""
    statuses: dict[int, int] = {}
    times: list[float] = []
    guard = threading.Lock()
    stop_at = time.monotonic() + seconds

    def client(index: int) -> None:
        own: dict[int, int] = {}
        lasted = []
        with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rb") as file:
            number = 0
            while time.monotonic() < stop_at:
                began = time.perf_counter()
                connection.sendall(make(index, number))
                status = read_answer(file)
                lasted.append(time.perf_counter() - began)
                own[status] = own.get(status, 0) + 1
                number += 1
        with guard:
            times.extend(lasted)
            for status, count in own.items():
                statuses[status] = statuses.get(status, 0) + count

    threads = [threading.Thread(target=client, args=(index,)) for index in range(clients)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = sum(statuses.values())
    median = sorted(times)[len(times) // 2] * 1000 if times else 0.0
    return Load(total / (time.monotonic() - started), statuses, median)

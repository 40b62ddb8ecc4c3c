"""A server that answers by a script, on loopback: what a real one never does on purpose."""

import contextlib
import socket
import ssl
import struct
import threading
import time

PATIENCE_S = 60.0  # no socket waits longer, whatever a scenario does wrong

# What may stand in a reply besides bytes.
RESET = "reset"  # the connection is torn down with RST
CLOSE = "close"  # ... or with FIN
HANG = "hang"  # nothing more comes until the client goes away


class Drip:
    """Bytes one at a time."""

    def __init__(self, data, every_s):
        self.data, self.every_s = data, every_s


class Tunnel:
    """What a proxy does after CONNECT: passes bytes on to a port of loopback."""

    def __init__(self, port):
        self.port = port


class Request:
    def __init__(self, head, body):
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, _ = lines[0].split(" ", 2)
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.headers[name.lower()] = value.strip()
        self.body = body


def read_request(connection):
    """The next request of a connection; None when the client is done."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, body = data.split(b"\r\n\r\n", 1)
    request = Request(head, body)
    while len(request.body) < int(request.headers.get("content-length", 0)):
        piece = connection.recv(65536)
        if not piece:
            return None
        request.body += piece
    return request


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def wait_for_end(connection):
    while connection.recv(65536):
        pass


def pass_on(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class Server:
    """Gives the replies one after another, the last one again and again. A reply is a list of steps."""

    def __init__(self, replies, tls=None, host="127.0.0.1", greeting=b""):
        self.replies, self.tls, self.greeting = replies, tls, greeting
        self.requests, self.connections, self.handshakes = [], 0, 0
        self.lock = threading.Lock()
        self.listener = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.listener.settimeout(PATIENCE_S)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)  # or the port stays open as long as the other thread waits for it
        self.listener.close()

    def accept(self):
        try:
            while True:
                connection, _ = self.listener.accept()
                connection.settimeout(PATIENCE_S)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self.lock:
                    self.connections += 1
                threading.Thread(target=self.serve, args=(connection,), daemon=True).start()
        except OSError:
            pass

    def serve(self, connection):
        try:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
                with self.lock:
                    self.handshakes += 1
            connection.sendall(self.greeting)
            while (request := read_request(connection)) and self.reply(connection, request):
                pass
        except (OSError, ValueError):
            pass
        finally:
            connection.close()

    def next_reply(self, request):
        with self.lock:
            self.requests.append(request)
            return self.replies[min(len(self.requests), len(self.replies)) - 1]

    def reply(self, connection, request):
        """True when the connection lives on."""
        for step in self.next_reply(request):
            if step == RESET:
                reset(connection)
                return False
            if step == CLOSE:
                return False
            if step == HANG:
                wait_for_end(connection)
                return False
            if isinstance(step, Drip):
                for i in range(len(step.data)):
                    connection.sendall(step.data[i:i + 1])
                    time.sleep(step.every_s)
            elif isinstance(step, Tunnel):
                with socket.create_connection(("127.0.0.1", step.port)) as target:
                    target.settimeout(PATIENCE_S)
                    threading.Thread(target=pass_on, args=(connection, target), daemon=True).start()
                    pass_on(target, connection)
                return False
            else:
                connection.sendall(step)
        return True


class FullListener:
    """A port that takes no connection and refuses none: its backlog is full, so that a SYN is dropped."""

    def __init__(self, host="127.0.0.1", port=0):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.listener = socket.socket(family)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((host, port))
        self.listener.listen(0)
        self.port = self.listener.getsockname()[1]
        self.fillers = []
        for _ in range(4):
            filler = socket.socket(family)
            filler.setblocking(False)
            filler.connect_ex((host, self.port))
            self.fillers.append(filler)
        time.sleep(0.02)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for each in [self.listener, *self.fillers]:
            each.close()


@contextlib.contextmanager
def closed_port():
    """A port that refuses: bound, so that nobody else gets it, but not listening."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def tls_context(certificate, key, old=False):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")  # it is the client who must refuse
    if old:
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.load_cert_chain(certificate, key)
    return context

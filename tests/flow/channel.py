"""A channel of Slack, as a webhook sees it: takes messages, and answers as it is told."""

import http.server
import json
import os
import ssl
import subprocess
import threading

SECRET = "CANARYhook"


class Channel:
    """With a folder it speaks TLS, and its certificate is in `certificate`."""

    def __init__(self, folder: str | None = None):
        self.messages = []
        self.answer = (200, b"ok")
        self.is_silent = False  # takes messages, and never answers
        self._end = threading.Event()
        channel = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                channel.messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                if channel.is_silent:
                    channel._end.wait()
                    return
                status, body = channel.answer
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if folder:
            self._speak_tls(folder)
        scheme = "https" if folder else "http"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}/services/T0/B0/{SECRET}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _speak_tls(self, folder: str) -> None:
        self.certificate, key = os.path.join(folder, "channel.pem"), os.path.join(folder, "channel.key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=channel",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", self.certificate], check=True,
                       capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._end.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def text(self) -> str:
        """The text of the last message."""
        return self.messages[-1]["attachments"][0]["text"]

"""Receives webhooks: python3 receiver.py PORT. Needs Python 3.8 and nothing else."""

import hashlib
import hmac
import json
import os
import sys
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer

SECRETS = {os.environ.get("APP_KEY", "app-key"): os.environ.get("APP_SECRET", "app-secret")}
MAX_BYTES = 1024 * 1024
seen = set()  # In production: a table with a unique column, shared by all processes.


def is_signed(key, signature, body):
    """Compares in constant time. The body is the raw bytes, as they came."""
    secret = SECRETS.get(key)
    if secret is None:
        return False
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        if length > MAX_BYTES:
            self.close_connection = True
            return self.answer(413)
        body = self.rfile.read(length)
        if not is_signed(self.headers.get("X-Pusher-Key", ""), self.headers.get("X-Pusher-Signature", ""), body):
            return self.answer(401)
        delivery = self.headers.get("webhook-id")
        if delivery not in seen:
            for event in json.loads(body)["events"]:
                print(event["name"], event.get("channel"), flush=True)
            if delivery is not None:
                seen.add(delivery)
        self.answer(200)

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """The events are printed instead."""


class Server(ThreadingTCPServer):
    """Unlike HTTPServer it does not ask the name servers for its own name at its start."""

    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    Server(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()

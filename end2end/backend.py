"""The Python SDK, unchanged, behind a pipe: one line of JSON a call, one a reply.

A call is {"client": {...}, "call": "trigger", "args": [...], "kwargs": {...}}; a reply {"ok": ...},
or {"error": the exception's name, "message": ...}.
"""

import json
import sys

import pusher


def encode(value):
    """The SDK's shared secrets are bytes of base64."""
    if isinstance(value, bytes):
        return value.decode("ascii")
    raise TypeError(f"{value!r} is no JSON")


for line in sys.stdin:
    asked = json.loads(line)
    try:
        backend = pusher.Pusher(**asked["client"])
        reply = {"ok": getattr(backend, asked["call"])(*asked["args"], **asked["kwargs"])}
    except Exception as error:  # each is the test's to judge
        reply = {"error": type(error).__name__, "message": str(error)}
    print(json.dumps(reply, default=encode), flush=True)

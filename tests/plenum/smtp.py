"""A mail server for the tests: aiosmtpd. It writes what it takes into FOLDER and notes each step in FOLDER/log.

    smtp.py FOLDER PORT plain|starttls|tls [CERTIFICATE KEY]

With TLS it asks for the name "plenum" and the password "p@ss:word". The first letters of an address say how it is treated: `gone` does not
exist, `busy` is to be tried again while FOLDER/busy is there, `spam` is refused with the mail, `slow` gets no answer at the recipient,
`mute` none to a mail that was taken.
"""

import asyncio
import ssl
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

folder, port, mode, *files = sys.argv[1:]
folder = Path(folder)
taken = 0


def note(line):
    with open(folder / "log", "a") as log:
        print(line, file=log, flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        kind = address[:4]
        if kind == "gone":
            return "550 5.1.1 there is nobody of this name"
        if kind == "busy" and (folder / "busy").exists():
            return "450 4.2.0 come again later"
        if kind == "slow":
            note("slow")
            await asyncio.sleep(3600)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 recipient ok"

    async def handle_DATA(self, server, session, envelope):
        global taken
        kind = envelope.rcpt_tos[0][:4]
        if kind == "spam":
            return "554 5.7.1 this is spam"
        taken += 1
        (folder / f"{taken}.part").write_bytes(envelope.content)
        (folder / f"{taken}.part").rename(folder / f"{taken}.eml")
        encrypted = session.ssl is not None or server.transport.get_extra_info("sslcontext") is not None
        note(f"taken {envelope.rcpt_tos[0]} {'encrypted' if encrypted else 'clear'} {'signed-in' if session.authenticated else 'stranger'}")
        if kind == "mute":
            await asyncio.sleep(3600)
        return f"250 2.0.0 taken as {taken}"


def authenticate(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"plenum", b"p@ss:word")
    return AuthResult(success=good, handled=False)


class Noting(SMTP):
    def connection_made(self, transport):
        # STARTTLS makes the connection anew.
        if self.transport is None:
            note("connected")
        super().connection_made(transport)


def protocol():
    settings = {"hostname": "localhost", "enable_SMTPUTF8": True}
    if mode != "plain":
        # TLS from the first byte is not known to aiosmtpd as such.
        settings |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": mode == "starttls"}
    if mode == "starttls":
        settings |= {"tls_context": context, "require_starttls": True}
    return Noting(Handler(), **settings)


context = None
if mode != "plain":
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
listening = loop.create_server(protocol, "127.0.0.1", int(port), ssl=context if mode == "tls" else None)
loop.run_until_complete(listening)
print("ready", flush=True)
loop.run_forever()

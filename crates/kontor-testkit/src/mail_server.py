"""A mail server for tests (aiosmtpd): prints its port, then each mail as a line of JSON.

usage: mail_server.py PORT plain|starttls|tls CERTIFICATE KEY USER PASSWORD REFUSAL
Empty arguments are left out; REFUSAL is what every addressee is answered with.
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

port, security, certificate, key, user, password, refusal = sys.argv[1:8]


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if refusal:
            session.refused = address
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    # By then the client has read the refusal; who stops the server earlier lets it hear nothing.
    async def handle_QUIT(self, server, session, envelope):
        if address := getattr(session, "refused", None):
            print(json.dumps({"refused": address}), flush=True)
        return "221 Bye"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        shown = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "subject": str(mail["subject"]),
            "headers": [name.lower() for name in mail.keys()],
            "body": mail.get_content().replace("\r\n", "\n"),
            "raw": envelope.content.decode("ascii"),
            "encrypted": session.ssl is not None or security == "tls",
            "authenticated": bool(session.authenticated),
        }
        print(json.dumps(shown), flush=True)
        return "250 OK"


def check(server, session, envelope, mechanism, data):
    right = data.login == user.encode() and data.password == password.encode()
    return AuthResult(success=right)


def protocol(context):
    return SMTP(
        Handler(),
        hostname="mail.test",
        tls_context=context if security == "starttls" else None,
        require_starttls=security == "starttls",
        authenticator=check if user else None,
        auth_required=bool(user),
        auth_require_tls=security == "starttls",
    )


async def main():
    context = None
    if security != "plain":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
    outer = context if security == "tls" else None
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: protocol(context), "127.0.0.1", int(port), ssl=outer
    )
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await server.serve_forever()


asyncio.run(main())

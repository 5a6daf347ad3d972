"""An OpenID Connect provider on this machine that lets in whoever its test says: discovery, authorization code, signed tokens."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT, SECRET = "footnote", "not-to-be-seen"


@contextmanager
def provider():
    """The provider's address; ``user`` are the claims of whoever logs in next, ``codes`` what it gave out."""
    from joserfc import jwt
    from joserfc.jwk import RSAKey

    key = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})
    state = SimpleNamespace(address="", user={}, codes={})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
            if path == "/.well-known/openid-configuration":
                self.tell(
                    {
                        "issuer": state.address,
                        "authorization_endpoint": f"{state.address}/authorize",
                        "token_endpoint": f"{state.address}/token",
                        "jwks_uri": f"{state.address}/keys",
                        "response_types_supported": ["code"],
                        "subject_types_supported": ["public"],
                        "id_token_signing_alg_values_supported": ["RS256"],
                        "code_challenge_methods_supported": ["S256"],
                    }
                )
            elif path == "/keys":
                self.tell({"keys": [key.as_dict(private=False)]})
            elif path == "/authorize":
                code = f"code{time.monotonic_ns()}"
                state.codes[code] = {**state.user, "nonce": query["nonce"][0]}
                back = urlencode({"code": code, "state": query["state"][0]})
                self.send_response(302)
                self.send_header("Location", f"{query['redirect_uri'][0]}?{back}")
                self.end_headers()
            else:
                self.send_error(404)

        def do_POST(self):
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            now = int(time.time())
            claims = {"iss": state.address, "aud": CLIENT, "iat": now, "exp": now + 600, "sub": "1"}
            token = jwt.encode({"alg": "RS256", "kid": "1"}, {**claims, **state.codes.pop(form["code"][0])}, key)
            self.tell({"access_token": "a", "token_type": "Bearer", "expires_in": 600, "id_token": token})

        def tell(self, what):
            body = json.dumps(what).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *given):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        state.address = f"http://127.0.0.1:{server.server_port}"
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()


def secrets(address, provider_address):
    """What .streamlit/secrets.toml must say for the page at ``address``."""
    return f"""[auth]
redirect_uri = "{address}/oauth2callback"
cookie_secret = "{"c" * 40}"
client_id = "{CLIENT}"
client_secret = "{SECRET}"
server_metadata_url = "{provider_address}/.well-known/openid-configuration"
"""

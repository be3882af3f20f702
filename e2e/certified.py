"""An application of somebody else's whose OpenID is idpyoidc's, the certified successor of `oic`, unmodified.

    REQUESTS_CA_BUNDLE=CA python -m e2e.certified PORT < facts (as for `e2e.relying`)

It shows the same three pages as the one of authlib; here the library itself asks for keys and checks what it is told.
"""

import json
import sys
from html import escape
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import make_server

from idpyoidc.client.rp_handler import RPHandler

from e2e.relying import SCOPE, Answer, Pages, Quiet, page, to

SERVICES = {
    "discovery": "provider_info_discovery.ProviderInfoDiscovery", "authorization": "authorization.Authorization",
    "accesstoken": "access_token.AccessToken", "userinfo": "userinfo.UserInfo", "end_session": "end_session.EndSession",
}  # fmt: skip
PKCE = {
    "function": "idpyoidc.client.oauth2.add_on.pkce.add_support",
    "kwargs": {"code_challenge_length": 64, "code_challenge_method": "S256"},
}
PROVIDER = "portail"


class Certified(Pages):
    def __init__(self, port: int, facts: dict[str, str]) -> None:
        super().__init__(port)
        self.state = ""
        self.library = RPHandler(base_url=self.here, client_configs={PROVIDER: self._configuration(facts)})

    def _configuration(self, facts: dict[str, str]) -> dict[str, Any]:
        return {
            "issuer": facts["issuer"], "client_id": facts["client_id"], "client_secret": facts["client_secret"],
            "client_type": "oidc", "redirect_uris": [f"{self.here}/retour"], "scopes_supported": SCOPE.split(),
            "post_logout_redirect_uris": [f"{self.here}/"], "response_types_supported": ["code"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"], "add_ons": {"pkce": PKCE},
            "services": {name: {"class": f"idpyoidc.client.oidc.{place}"} for name, place in SERVICES.items()},
        }  # fmt: skip

    def enter(self, _environ: dict[str, Any]) -> Answer:
        return to(self.library.begin(PROVIDER))

    def come_back(self, environ: dict[str, Any]) -> Answer:
        said = {name: value for name, (value,) in parse_qs(environ["QUERY_STRING"]).items()}
        told = self.library.finalize(self.library.state2issuer(said["state"]), said)
        if "error" in told:
            return page("Appli", f"<p>Refus : {escape(told['error'])}</p>")
        self.state, self.who = told["state"], told["userinfo"]
        assert told["id_token"]["sub"] == self.who["sub"]
        return to("/")

    def leave(self, _environ: dict[str, Any]) -> Answer:
        self.who = None
        return to(self.library.logout(self.state, post_logout_redirect_uri=f"{self.here}/")["url"])


if __name__ == "__main__":
    number = int(sys.argv[1])
    make_server("127.0.0.1", number, Certified(number, json.load(sys.stdin)), handler_class=Quiet).serve_forever()

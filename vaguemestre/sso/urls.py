"""OpenID Connect: the addresses are those that the field's programs expect to read in the discovery document."""

from django.urls import path

from vaguemestre.sso.views import authorize, consents, farewells, logout, machines, waiting

app_name = "sso"
urlpatterns = [
    path(".well-known/openid-configuration", machines.discovery, name="discovery"),
    path("sso/keys/", machines.published_keys, name="keys"),
    path("sso/authorize/", authorize.authorize, name="authorize"),
    path("sso/consent/", authorize.consent, name="consent"),
    path("sso/autre-compte/", authorize.other_account, name="other-account"),
    path("sso/token/", machines.token, name="token"),
    path("sso/userinfo/", machines.userinfo, name="userinfo"),
    path("sso/revocation/", machines.revocation, name="revocation"),
    path("sso/deconnexion/", farewells.farewells, name="farewells"),
    path("sso/deconnexions/", waiting.waiting, name="waiting"),
    path("sso/deconnexions/<slug:slug>/essai/", waiting.again, name="waiting-again"),
    path("sso/logout/", logout.logout, name="logout"),
    path("mon-compte/applications/", consents.listed, name="consents"),
    path("mon-compte/applications/<int:number>/retrait/", consents.withdrawal, name="consent-withdrawal"),
]

"""OpenID Connect: the addresses are those that the field's programs expect to read in the discovery document."""

from django.urls import path

from vaguemestre.sso.views import authorize, consents, endpoints, logout, logout_progress, pending_logouts

app_name = "sso"
urlpatterns = [
    path(".well-known/openid-configuration", endpoints.discovery, name="discovery"),
    path("sso/keys/", endpoints.published_keys, name="keys"),
    path("sso/authorize/", authorize.authorize, name="authorize"),
    path("sso/consent/", authorize.consent, name="consent"),
    path("sso/autre-compte/", authorize.other_account, name="other-account"),
    path("sso/token/", endpoints.token, name="token"),
    path("sso/userinfo/", endpoints.userinfo, name="userinfo"),
    path("sso/revocation/", endpoints.revocation, name="revocation"),
    path("sso/deconnexion/", logout_progress.logout_progress, name="farewells"),
    path("sso/deconnexions/", pending_logouts.waiting, name="waiting"),
    path("sso/deconnexions/<slug:slug>/essai/", pending_logouts.again, name="waiting-again"),
    path("sso/logout/", logout.logout, name="logout"),
    path("mon-compte/applications/", consents.listed, name="consents"),
    path("mon-compte/applications/<int:number>/retrait/", consents.withdrawal, name="consent-withdrawal"),
]

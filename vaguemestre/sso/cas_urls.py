"""CAS: the protocol names its addresses, and writes them without a final slash."""

from django.urls import path

from vaguemestre.sso.views import cas, cas_answers

app_name = "cas"
urlpatterns = [
    path("login", cas.login, name="login"),
    path("passage/", cas.passage, name="passage"),
    path("logout", cas.logout, name="logout"),
    path("validate", cas_answers.validate, name="validate"),
    path("serviceValidate", cas_answers.service_validate, name="service-validate"),
    path("proxyValidate", cas_answers.service_validate, name="proxy-validate"),
    path("proxy", cas_answers.proxy, name="proxy"),
    path("p3/serviceValidate", cas_answers.service_validate_3, name="service-validate-3"),
    path("p3/proxyValidate", cas_answers.service_validate_3, name="proxy-validate-3"),
]

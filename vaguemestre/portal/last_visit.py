"""The last time this person came in before now: a stranger's visit is seen by the one it was stolen from."""

from vaguemestre.accounts.models import Session, SignIn


def previous_sign_in(session: Session) -> SignIn | None:
    earlier = SignIn.objects.filter(
        account=session.account, channel=SignIn.Channel.WEB, result=SignIn.Result.GOOD, at__lt=session.created_at
    )
    return earlier.order_by("-at").first()

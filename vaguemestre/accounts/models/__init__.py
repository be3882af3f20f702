"""Every table of the room, by one name."""

from vaguemestre.accounts.models.account import (
    Account,
    FormerPassword,
    LocalPart,
    Numbering,
    ProjectionRequest,
    Refusal,
)
from vaguemestre.accounts.models.app_passwords import AppPassword
from vaguemestre.accounts.models.compromise import AccountShutdown, ShutdownStep
from vaguemestre.accounts.models.departure import Departure
from vaguemestre.accounts.models.factors import Passkey, PasskeyHolder, RecoveryCode, SpentChallenge, TextFactor, Totp
from vaguemestre.accounts.models.notices import Notice
from vaguemestre.accounts.models.otp import OtpHolding, OtpKey, OtpRequest
from vaguemestre.accounts.models.recovery import Allowance, ResetAsk, ResetLink, ResetRequest, ResetText, SpentCaptcha
from vaguemestre.accounts.models.rescue import Code, RescueContact
from vaguemestre.accounts.models.sessions import Failure, KeptForm, KnownDevice, PendingSignIn, Session, SignIn

__all__ = [
    "Account",
    "AccountShutdown",
    "Allowance",
    "AppPassword",
    "Code",
    "Departure",
    "Failure",
    "FormerPassword",
    "KeptForm",
    "KnownDevice",
    "LocalPart",
    "Notice",
    "Numbering",
    "OtpHolding",
    "OtpKey",
    "OtpRequest",
    "Passkey",
    "PasskeyHolder",
    "PendingSignIn",
    "ProjectionRequest",
    "RecoveryCode",
    "Refusal",
    "RescueContact",
    "ResetAsk",
    "ResetLink",
    "ResetRequest",
    "ResetText",
    "Session",
    "ShutdownStep",
    "SignIn",
    "SpentCaptcha",
    "SpentChallenge",
    "TextFactor",
    "Totp",
]

"""The accounts' tables, all in ``public``."""

from accounts.models.api_key import ApiKey
from accounts.models.hand_over import HandOver
from accounts.models.mail import AccountMail
from accounts.models.membership import Membership
from accounts.models.policy import AccessPolicy
from accounts.models.role import OWNER, Role
from accounts.models.session import BrowserSession
from accounts.models.user import Theme, User, normal_email

__all__ = [
    "OWNER",
    "AccessPolicy",
    "AccountMail",
    "ApiKey",
    "BrowserSession",
    "HandOver",
    "Membership",
    "Role",
    "Theme",
    "User",
    "normal_email",
]

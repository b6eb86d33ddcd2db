"""The accounts' tables, all in ``public``."""

from accounts.models.api_key import ApiKey
from accounts.models.membership import Membership
from accounts.models.role import OWNER, Role
from accounts.models.user import User, normal_email

__all__ = ["OWNER", "ApiKey", "Membership", "Role", "User", "normal_email"]

"""What the demo's script leaves out and a picture needs: a segment, a file of contacts, a duplicate, a decision to take."""

from __future__ import annotations

from ops.demo.api import Api
from ops.demo.product import CONTACTS

SEGMENTS = "/api/v1/crm/segments/"
IMPORTS = "/api/v1/crm/imports/"
_CSV = """الاسم,Téléphone,E-mail,Taille
نسيمة بوعلام,+213550112233,nassima@example.com,38
Yacine Haddad,0661 44 55 66,yacine.h@example.com,42
حمید رستمی,+98 912 000 11 22,hamid@example,40
"""


def set_the_stage(api: Api) -> None:
    """Make what is missing; what an earlier run made stays. Raises ``ApiError``."""
    if not api.results(SEGMENTS):
        rule = {"field": "user.tags", "op": "contains", "value": "interested"}
        body = {"name": "مهتمون بالخصم", "description": "Demandent une remise", "kind": "dynamic"}
        api.post(SEGMENTS, {**body, "predicate": {"all": [rule]}})
    if not api.results(CONTACTS, search="sara@example.com"):
        api.post(CONTACTS, {"name": "سارا احمدی", "email": "sara@example.com"})
    if not api.results(IMPORTS):
        api.upload(IMPORTS, filename="clients-2026.csv", content=_CSV.encode())

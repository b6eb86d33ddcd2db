"""The page on which a member decides an approval by the link that they were sent, without signing in."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from accounts.models import User
from core.errors import PermanentError
from tenants.models import Tenant
from tenants.scope import require_tenant
from workflow.approval_words import ApprovalWords, approval_words
from workflow.models import Vote
from workflow.services.approvals import (
    AlreadyVotedError,
    ApprovalEndedError,
    NotAskedError,
    Say,
    UnknownTokenError,
    check_vote,
    vote_by,
    vote_with_token,
)

APPROVE, REJECT = "approve", "reject"


#: What keeps a link from deciding: the status, and which of the words says it.
_REFUSALS: dict[type[PermanentError], Any] = {
    AlreadyVotedError: (410, lambda exc: "you_approved" if exc.approved else "you_rejected"),
    ApprovalEndedError: (410, lambda exc: exc.state),
    NotAskedError: (403, lambda exc: "not_yours"),
}
_REFUSED = tuple(_REFUSALS)


class DecisionForm(forms.Form):
    """The pressed button, and a word about it."""

    decision = forms.ChoiceField(choices=[(APPROVE, APPROVE), (REJECT, REJECT)])
    comment = forms.CharField(max_length=2_000, required=False)


# The token is the credential: a page that could forge this request would have to know it, and then needs no forgery.
@method_decorator(csrf_exempt, name="dispatch")
class ApprovalPage(View):
    """``/approvals/<token>/``: looking changes nothing, so that previews of links decide nothing; ``POST`` decides."""

    http_method_names = ["get", "head", "post", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Never kept by anyone, nor told to other sites or searched: the address itself decides."""
        response = super().dispatch(request, *args, **kwargs)
        assert isinstance(response, HttpResponse)
        add_never_cache_headers(response)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """What is asked, with the two buttons."""
        try:
            vote = vote_by(token)
        except UnknownTokenError:
            return _said(request, None, "unknown", status=404)
        try:
            _check_person(request, vote)
            check_vote(vote, vote.approval)
        except _REFUSED as exc:
            return _refused(request, vote, exc)
        return _asked(request, vote)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Decide."""
        try:
            vote = vote_by(token)
        except UnknownTokenError:
            return _said(request, None, "unknown", status=404)
        form = DecisionForm(request.POST)
        try:
            _check_person(request, vote)
            if not form.is_valid():
                check_vote(vote, vote.approval)
                return _asked(request, vote, comment=request.POST.get("comment", ""), status=400)
            say = Say(approved=form.cleaned_data["decision"] == APPROVE, comment=form.cleaned_data["comment"])
            with transaction.atomic():
                vote_with_token(token, say)
        except UnknownTokenError:
            return _said(request, None, "unknown", status=404)
        except _REFUSED as exc:
            return _refused(request, vote, exc)
        return _said(request, vote, "thanks")


def _check_person(request: HttpRequest, vote: Vote) -> None:
    """A link opened by another member who is signed in would put words into the first one's mouth."""
    if isinstance(request.user, User) and request.user.id != vote.user_id:
        raise NotAskedError


def _refused(request: HttpRequest, vote: Vote, exc: PermanentError) -> HttpResponse:
    """Why this link does not decide."""
    status, say = _REFUSALS[type(exc)]
    return _said(request, vote, say(exc), status=status)


def _asked(request: HttpRequest, vote: Vote, *, comment: str = "", status: int = 200) -> HttpResponse:
    approval, tenant = vote.approval, _tenant()
    person = User.objects.filter(id=vote.user_id).first()
    zone = ZoneInfo((person and person.timezone) or tenant.timezone)
    context = {
        "words": _words(vote, tenant, person),
        "tenant": tenant.name,
        "approval": approval,
        "workflow": approval.execution.workflow.name,
        "until": approval.deadline.astimezone(zone).strftime("%Y-%m-%d %H:%M") if approval.deadline else "",
        "zone": zone.key,
        "comment": comment,
        "wrong": status == 400,
    }
    return render(request, "workflow/approval.html", context, status=status)


def _said(request: HttpRequest, vote: Vote | None, what: str, *, status: int = 200) -> HttpResponse:
    """A page that says one thing: one of the words, or by its name the state that an approval came to."""
    tenant = _tenant()
    person = User.objects.filter(id=vote.user_id).first() if vote is not None else None
    words = _words(vote, tenant, person)
    text = words.ended.get(what) or getattr(words, what)
    # Whoever is not meant is not told what it was about.
    title = vote.approval.title if vote is not None and status != 403 else ""
    context = {"words": words, "tenant": tenant.name, "title": title, "text": text}
    return render(request, "workflow/approval_said.html", context, status=status)


def _tenant() -> Tenant:
    return Tenant.objects.get(id=require_tenant().id)


def _words(vote: Vote | None, tenant: Tenant, person: User | None) -> ApprovalWords:
    return approval_words(person.language if person is not None else "", tenant.language)

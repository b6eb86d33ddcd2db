"""Contacts, segments, tags, fields and notes in a tenant's admin; every change goes through the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, Prefetch, QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline

from accounts.admin.bases import RefusalsAsMessages
from accounts.admin_sites import tenant_admin
from crm.models import Contact, ContactSegment, ContactTag, CustomField, Identity, Note, Segment, Tag
from crm.selectors import contacts_matching, with_size
from crm.services.cause import Cause
from crm.services.contacts import (
    FIELDS,
    Change,
    InvalidFieldError,
    clean,
    create_contact,
    delete_contacts,
    update_contacts,
)
from crm.services.fields import (
    InvalidCustomFieldError,
    clean_custom,
    declare_field,
    delete_fields,
    update_field,
)
from crm.services.notes import NewNote, add_notes
from crm.services.segments import (
    change_segment,
    create_segment,
    delete_segments,
    predicate_errors,
    refresh_segment,
)
from crm.services.tags import create_tag, delete_tags, update_tag


def cause_of(request: HttpRequest) -> Cause:
    """The member who works in the admin."""
    return Cause(actor=f"member:{request.user.pk}")


class ContactForm(forms.ModelForm):
    """A contact; what the services would refuse is said beside its field."""

    class Meta:
        model = Contact
        fields = [*FIELDS, "custom"]

    def clean(self) -> dict[str, Any]:
        """By the services' rules."""
        values = super().clean() or self.cleaned_data
        for name in FIELDS:
            try:
                clean({name: values.get(name) or ""})
            except InvalidFieldError as exc:
                self.add_error(name, exc.problem)
        try:
            clean_custom(
                {slug: value for slug, value in (values.get("custom") or {}).items() if value is not None}
            )
        except (InvalidCustomFieldError, AttributeError) as exc:
            self.add_error("custom", str(exc))
        return values


class _LookInline(TabularInline):
    """Rows to look at."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False


class IdentityInline(_LookInline):
    """The contact's addresses."""

    model = Identity
    fields = ["provider", "provider_user_id", "phone", "username"]


class WornTagInline(_LookInline):
    """The contact's tags."""

    model = ContactTag
    fields = ["tag", "added_at", "added_by"]
    readonly_fields = fields


class InsideSegmentInline(_LookInline):
    """The segments that the contact is in."""

    model = ContactSegment
    fields = ["segment", "entered_at"]
    readonly_fields = fields


class NoteInline(_LookInline):
    """What the team wrote about the contact."""

    model = Note
    fields = ["created_at", "author", "text"]
    readonly_fields = fields
    per_page = 20


@admin.register(Contact, site=tenant_admin)
class ContactAdmin(RefusalsAsMessages):
    """The tenant's customers."""

    form = ContactForm
    list_display = ["__str__", "phone", "email", "tag_names", "created_at"]
    list_filter = ["language", "contact_tags__tag", ("opted_out_at", admin.EmptyFieldListFilter)]
    # What is searched is the folded text; this only makes the box appear.
    search_fields = ["search"]
    search_help_text = "Name, phone, e-mail or own id, in any spelling"
    show_full_result_count = False
    readonly_fields = ["opted_out_at", "created_at", "updated_at"]
    inlines = [WornTagInline, InsideSegmentInline, IdentityInline, NoteInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contact]:
        """With their tags."""
        worn = Prefetch("contact_tags", ContactTag.objects.select_related("tag").order_by("id"))
        return super().get_queryset(request).prefetch_related(worn)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Contact], search_term: str
    ) -> tuple[QuerySet[Contact], bool]:
        """In any spelling."""
        return (queryset.filter(contacts_matching(search_term)) if search_term.strip() else queryset), False

    @admin.display(description="Tags")
    def tag_names(self, contact: Contact) -> str:
        """Its tags' names."""
        return ", ".join(worn.tag.name for worn in contact.contact_tags.all())

    def save_model(self, request: HttpRequest, obj: Contact, form: forms.ModelForm, change: bool) -> None:
        """Through the services, which keep the rules and tell of it."""
        given = form.cleaned_data
        values = {name: given.get(name) or "" for name in FIELDS}
        custom = dict(given.get("custom") or {})
        if not change:
            made = create_contact(values, custom=custom, cause=cause_of(request))
            obj.pk, obj.phone, obj.external_id = made.pk, made.phone, made.external_id
            return
        before = form.initial.get("custom") or {}
        removed = dict.fromkeys(before.keys() - custom.keys())
        update_contacts(
            [Change(contact_id=obj.pk, values=values, custom={**custom, **removed}, cause=cause_of(request))]
        )

    def delete_model(self, request: HttpRequest, obj: Contact) -> None:
        """With all that hangs on it."""
        delete_contacts([obj.pk])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Contact]) -> None:
        """The same for several."""
        delete_contacts(list(queryset.values_list("pk", flat=True)))


class SegmentForm(forms.ModelForm):
    """A segment; what its predicate may not ask is said beside it."""

    key = forms.CharField(
        max_length=60, required=False, help_text="Names it in predicates; empty: made of the name. Set once."
    )

    class Meta:
        model = Segment
        fields = ["name", "key", "description", "kind", "predicate"]

    def clean(self) -> dict[str, Any]:
        """By the services' rules."""
        values = super().clean() or self.cleaned_data
        found = predicate_errors(values.get("kind") or self.instance.kind, values.get("predicate") or {})
        for place, problems in found.items():
            self.add_error("predicate", [f"{place}: {problem}" for problem in problems])
        return values


@admin.register(Segment, site=tenant_admin)
class SegmentAdmin(RefusalsAsMessages):
    """The tenant's segments, and how their computing goes."""

    form = SegmentForm
    list_display = ["name", "key", "kind", "size", "state", "errors", "computed_at"]
    list_filter = ["kind", "state"]
    search_fields = ["name", "key"]
    actions = ["compute"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Segment]:
        """With their sizes."""
        return with_size(super().get_queryset(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What is asked for; of one that there is, how it stands besides."""
        asked = ["name", "key", "description", "kind", "predicate"]
        return asked if obj is None else [*asked, *_SEGMENT_STATE]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Key and kind are set once."""
        return [] if obj is None else ["key", "kind", *_SEGMENT_STATE]

    @admin.display(description="Contacts")
    def size(self, segment: Any) -> int:
        """How many are inside."""
        return int(segment.size)

    @admin.action(description="Compute again", permissions=["change"])
    def compute(self, request: HttpRequest, queryset: QuerySet[Segment]) -> None:
        """In the background."""
        for segment in queryset:
            refresh_segment(segment)

    def save_model(self, request: HttpRequest, obj: Segment, form: forms.ModelForm, change: bool) -> None:
        """Made, or changed."""
        given = form.cleaned_data
        told = {
            "name": given["name"],
            "description": given["description"],
            "predicate": given["predicate"] or {},
        }
        if change:
            change_segment(obj, **told)
        else:
            obj.pk = create_segment(key=given["key"], kind=given["kind"], **told).pk

    def delete_model(self, request: HttpRequest, obj: Segment) -> None:
        """With the list of who is inside."""
        delete_segments([obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Segment]) -> None:
        """Several."""
        delete_segments(list(queryset))


_SEGMENT_STATE = ["size", "state", "scanned", "to_scan", "errors", "last_error", "computed_at"]


class TagForm(forms.ModelForm):
    """A tag."""

    class Meta:
        model = Tag
        fields = ["name", "color"]


@admin.register(Tag, site=tenant_admin)
class TagAdmin(RefusalsAsMessages):
    """The tenant's tags."""

    form = TagForm
    list_display = ["name", "color", "created_at"]
    search_fields = ["name"]

    def save_model(self, request: HttpRequest, obj: Tag, form: forms.ModelForm, change: bool) -> None:
        """Made, renamed or recoloured."""
        if change:
            update_tag(obj)
        else:
            obj.pk = create_tag(name=obj.name, color=obj.color).pk

    def delete_model(self, request: HttpRequest, obj: Tag) -> None:
        """From everybody."""
        delete_tags([obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Tag]) -> None:
        """Several, from everybody."""
        delete_tags(list(queryset))


class FieldForm(forms.ModelForm):
    """A field; ``choices`` is a JSON list."""

    class Meta:
        model = CustomField
        fields = ["slug", "label", "type", "choices"]

    def clean_choices(self) -> list[Any]:
        """A list of texts."""
        choices = self.cleaned_data["choices"] or []
        if not isinstance(choices, list) or not all(isinstance(choice, str) for choice in choices):
            raise ValidationError('Write a list of texts, as ["S", "M", "L"].')
        return choices


@admin.register(CustomField, site=tenant_admin)
class CustomFieldAdmin(RefusalsAsMessages):
    """The fields that the tenant added to its contacts."""

    form = FieldForm
    list_display = ["label", "slug", "type"]
    search_fields = ["slug", "label"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Slug and type are set once."""
        return [] if obj is None else ["slug", "type"]

    def save_model(self, request: HttpRequest, obj: CustomField, form: forms.ModelForm, change: bool) -> None:
        """Declared, or changed."""
        if change:
            update_field(obj)
        else:
            obj.pk = declare_field(slug=obj.slug, label=obj.label, type=obj.type, choices=obj.choices).pk

    def delete_model(self, request: HttpRequest, obj: CustomField) -> None:
        """With its values."""
        delete_fields([obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[CustomField]) -> None:
        """Several, with their values."""
        delete_fields(list(queryset))


@admin.register(Note, site=tenant_admin)
class NoteAdmin(RefusalsAsMessages):
    """Notes: written, never changed."""

    fields = ["contact", "text"]
    autocomplete_fields = ["contact"]
    list_display = ["__str__", "contact", "author", "created_at"]
    list_select_related = ["contact"]
    search_fields = ["text"]
    show_full_result_count = False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody: what was noted stays as it was."""
        return False

    def save_model(self, request: HttpRequest, obj: Note, form: forms.ModelForm, change: bool) -> None:
        """Written by the member."""
        obj.pk = add_notes([NewNote(obj.contact_id, obj.text, cause_of(request))])[0].pk

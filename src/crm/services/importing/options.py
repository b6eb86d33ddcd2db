"""How a file is to be brought in."""

from __future__ import annotations

from typing import Literal

import phonenumbers
from pydantic import BaseModel, ConfigDict, Field, field_validator

from crm.services.tags import clean_name

MatchKey = Literal["external_id", "phone", "email"]


class ImportOptions(BaseModel):
    """``match_by``: what tells that a row is a contact that there is already, the surest first; every row needs one of
    them. ``silent``: what happened is recorded, and nobody reacts: no workflow starts or goes on by it; segments follow."""

    model_config = ConfigDict(extra="forbid")

    match_by: list[MatchKey] = Field(default=["external_id", "phone", "email"], min_length=1, max_length=3)
    existing: Literal["update", "skip"] = "update"
    region: str = Field(
        default="", max_length=2, description="Of phones without a country code; empty: yours."
    )
    tags: list[str] = Field(default=[], max_length=20, description="For every row that was taken.")
    date_order: Literal["dmy", "mdy", "ymd"] = "dmy"
    silent: bool = False

    @field_validator("region")
    @classmethod
    def _known_region(cls, value: str) -> str:
        if value and value.upper() not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError(f"there is no region {value!r}; write one as DZ")
        return value.upper()

    @field_validator("tags")
    @classmethod
    def _clean_tags(cls, value: list[str]) -> list[str]:
        return [clean_name(name) for name in value]

"""The CRM's kinds of jobs: many contacts changed, brought in from a file, written to one."""

from crm.jobs import bulk, exports, imports

#: Their slugs.
KINDS = (bulk.Bulk.slug, exports.Export.slug, imports.Import.slug)

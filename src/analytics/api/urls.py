"""``/api/v1/analytics/``."""

from django.urls import path

from analytics.api.views import ReportView, RowsView

urlpatterns = [
    path("report/", ReportView.as_view(), name="analytics-report"),
    path("rows/", RowsView.as_view(), name="analytics-rows"),
]

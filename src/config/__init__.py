"""The composition root: settings, URLs, ASGI and Celery are put together here and nowhere else."""

from config.celery import app as celery_app

__all__ = ["celery_app"]

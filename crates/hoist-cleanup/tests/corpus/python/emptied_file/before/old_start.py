"""Starts the old navigation."""

from openfeature import api
from trace import t

if not api.get_client().get_boolean_value("new-nav", False):
    t("old")

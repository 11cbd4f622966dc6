from openfeature import api
from trace import t

client = api.get_client()


from enum import Enum


class Flag(Enum):
    NEW_NAV = "new-nav"
    OTHER = "other"


def main():
    if client.get_boolean_value(Flag.NEW_NAV.value, False):
        t("new")

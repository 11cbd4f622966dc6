from openfeature import api
from trace import t

client = api.get_client()


from enum import Enum


class Flag(Enum):
    NEW_NAV = "new-nav"
    OTHER = "other"


def main():
    t("new")

from openfeature import api
from trace import t

client = api.get_client()


def audit():
    t("audit")
    return True


def main():
    if audit() and client.get_boolean_value("new-nav", False):
        t("new")
    else:
        t("old")

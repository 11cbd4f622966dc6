from openfeature import api
from trace import t

client = api.get_client()


def audit():
    t("audit")
    return True


def main():
    if audit() and False:
        t("new")
    else:
        t("old")

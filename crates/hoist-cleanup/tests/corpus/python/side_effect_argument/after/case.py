from openfeature import api
from trace import t

client = api.get_client()


def make():
    t("default")
    return False


def main():
    if client.get_boolean_value("new-nav", make()):
        t("new")

from openfeature import api
from trace import t

client = api.get_client()


def is_new():
    return client.get_boolean_value("new-nav", False)


def main():
    if is_new():
        t("new")

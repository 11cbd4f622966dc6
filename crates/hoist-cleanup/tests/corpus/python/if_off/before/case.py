from openfeature import api
from trace import t

client = api.get_client()


def main():
    t("start")

    # Only with the new navigation.
    if client.get_boolean_value("new-nav", False):
        t("new")

    t("end")

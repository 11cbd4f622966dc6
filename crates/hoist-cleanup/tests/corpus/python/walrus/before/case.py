from openfeature import api
from trace import t

client = api.get_client()


def main():
    if (on := client.get_boolean_value("new-nav", False)) and t("x") is None:
        t(on)
    t("end")

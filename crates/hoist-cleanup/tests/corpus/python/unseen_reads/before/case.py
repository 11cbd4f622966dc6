from openfeature import api
from trace import t

client = api.get_client()


def main():
    on = client.get_boolean_value("new-nav", False)
    t("{on}".format(**locals()))
    if on:
        t("new")

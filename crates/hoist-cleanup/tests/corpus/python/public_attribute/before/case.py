from openfeature import api
from trace import t

client = api.get_client()


class Nav:
    def __init__(self):
        self.on = client.get_boolean_value("new-nav", False)


def main():
    if Nav().on:
        t("new")

from openfeature import api
from trace import t

client = api.get_client()


class Nav:
    def __init__(self):
        self.__on = client.get_boolean_value("new-nav", False)

    def show(self, name):
        t("on" if getattr(self, "_Nav__" + name) else "off")
        if self.__on:
            t("new")


def main():
    Nav().show("on")

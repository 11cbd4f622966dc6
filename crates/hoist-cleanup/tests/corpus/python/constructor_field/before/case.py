from openfeature import api
from trace import t

client = api.get_client()


class Nav:
    def __init__(self, size):
        self.__size = size
        self.__on = client.get_boolean_value("new-nav", False)

    def __is_new(self):
        return client.get_boolean_value("new-nav", False)

    def show(self):
        if self.__on:
            t(f"new {self.__size}")
        else:
            t("old")
        if self.__is_new() and self.__size > 1:
            t("big")


def main():
    Nav(2).show()

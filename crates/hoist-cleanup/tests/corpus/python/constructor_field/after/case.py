from openfeature import api
from trace import t

client = api.get_client()


class Nav:
    def __init__(self, size):
        self.__size = size

    def show(self):
        t(f"new {self.__size}")
        if self.__size > 1:
            t("big")


def main():
    Nav(2).show()

from openfeature import api
from trace import t

client = api.get_client()


class Nav:
    def __init__(self, size):
        self._size = size
        self._on = client.get_boolean_value("new-nav", False)

    def show(self):
        if self._on and self._size > 1:
            t("new")
        else:
            t("old")


def main():
    Nav(2).show()
    Nav(1).show()

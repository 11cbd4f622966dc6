from openfeature import api
from trace import t

client = api.get_client()


class Nav:
    def __init__(self):
        pass

    def show(self):
        class Inner:
            def __init__(self):
                self.__on = False

            def show(self):
                t("inner" if self.__on else "other")

        Inner().show()
        t("on")


def main():
    Nav().show()

from openfeature import api
from trace import t

client = api.get_client()


class Nav:
    def __init__(self):
        self.__on = client.get_boolean_value("new-nav", False)

    def show(self):
        class Inner:
            def __init__(self):
                self.__on = False

            def show(self):
                t("inner" if self.__on else "other")

        Inner().show()
        t("on" if self.__on else "off")


def main():
    Nav().show()

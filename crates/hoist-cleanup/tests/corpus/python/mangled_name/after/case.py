from openfeature import api
from trace import t

client = api.get_client()


class Nav:
    def __init__(self):
        self.__on = True

    def show(self):
        t("on" if self.__on else "off")


def main():
    nav = Nav()
    nav.show()
    nav._Nav__on = False
    nav.show()

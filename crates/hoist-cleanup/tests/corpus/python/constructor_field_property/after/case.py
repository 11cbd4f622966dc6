from openfeature import api
from trace import t

client = api.get_client()


class Nav:
    ready = False

    def __init__(self):
        self.first = self.text
        self.__on = True

    @property
    def text(self):
        return "on" if Nav.ready and self.__on else "not yet"


def main():
    nav = Nav()
    Nav.ready = True
    t(nav.first)
    t(nav.text)

from openfeature import api
from trace import t

client = api.get_client()


class Base:
    ready = False

    def __init__(self):
        self.show()

    def show(self):
        pass


class Nav(Base):
    def __init__(self):
        super().__init__()
        self.__on = True

    def show(self):
        t("on" if Base.ready and self.__on else "not yet")


def main():
    nav = Nav()
    Base.ready = True
    nav.show()

from openfeature import api
from trace import t

client = api.get_client()


class Nav:
    def __init__(self):
        self._on = client.get_boolean_value("new-nav", False)

    def show(self):
        t("on" if self._on else "off")


class Old(Nav):
    def hide(self):
        self._on = False


def main():
    nav = Old()
    nav.show()
    nav.hide()
    nav.show()

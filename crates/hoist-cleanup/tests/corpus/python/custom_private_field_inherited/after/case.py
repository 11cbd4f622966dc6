from trace import t


class Nav:
    def __init__(self):
        self._on = True

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

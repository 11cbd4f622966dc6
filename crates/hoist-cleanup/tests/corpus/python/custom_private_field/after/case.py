from trace import t


class Nav:
    def __init__(self, size):
        self._size = size

    def show(self):
        if self._size > 1:
            t("new")
        else:
            t("old")


def main():
    Nav(2).show()
    Nav(1).show()

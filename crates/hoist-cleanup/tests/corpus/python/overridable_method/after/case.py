from openfeature import api
from trace import t

client = api.get_client()


class Nav:
    def is_new(self):
        return True

    def show(self):
        if self.is_new():
            t("new")


class OldNav(Nav):
    def is_new(self):
        return False


def main():
    Nav().show()
    OldNav().show()

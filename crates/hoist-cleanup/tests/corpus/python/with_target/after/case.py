from openfeature import api
from trace import t

client = api.get_client()


class Lock:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        t("in " + self.name)
        return self.name

    def __exit__(self, *error):
        t("out " + self.name)


def main(held=None):
    with Lock("a") as held:
        t(held)
    with Lock("b") as outer, Lock("d") as held:
        t(outer + held)
    with (Lock("f") as held, Lock("g") as other):
        t(held + other)
    try:
        raise ValueError("x")
    except ValueError as error:
        t(str(error))

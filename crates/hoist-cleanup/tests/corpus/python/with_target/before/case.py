from contextlib import nullcontext

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
    on = client.get_boolean_value("new-nav", False)
    with Lock("a") if on else nullcontext("none") as held:
        t(held)
    with Lock("b") as outer, Lock("c") if not on else Lock("d") if on else Lock("e") as held:
        t(outer + held)
    with (Lock("f") if on else nullcontext("none") as held, Lock("g") as other):
        t(held + other)
    try:
        raise ValueError("x")
    except ValueError if on else KeyError as error:
        t(str(error))

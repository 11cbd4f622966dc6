from openfeature import api
from trace import t

client = api.get_client()


def show(on, name):
    t(f"{name} {on}")


def main():
    show(on=True, name="on")
    t({"on": True})

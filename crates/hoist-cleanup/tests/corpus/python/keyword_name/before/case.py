from openfeature import api
from trace import t

client = api.get_client()


def show(on, name):
    t(f"{name} {on}")


def main():
    on = client.get_boolean_value("new-nav", False)
    show(on=on, name="on")
    t({"on": on})

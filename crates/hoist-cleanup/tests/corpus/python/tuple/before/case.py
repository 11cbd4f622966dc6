from openfeature import api
from trace import t

client = api.get_client()


def other():
    return "other"


def main():
    on, name = client.get_boolean_value("new-nav", False), other()
    if on:
        t(name)

from openfeature import api
from trace import t

client = api.get_client()


def other():
    return "other"


def main():
    on, name = True, other()
    if on:
        t(name)

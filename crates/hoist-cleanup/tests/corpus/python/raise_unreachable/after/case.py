from openfeature import api
from trace import t

client = api.get_client()


def f():
    raise ValueError("gone")


def main():
    try:
        f()
    except ValueError as error:
        t(error)

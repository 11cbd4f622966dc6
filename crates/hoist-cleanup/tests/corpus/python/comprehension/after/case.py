from openfeature import api
from trace import t

client = api.get_client()


def main():
    t([x for x in [1, 2]])
    t([x for x in [1, 2] if x > 1])

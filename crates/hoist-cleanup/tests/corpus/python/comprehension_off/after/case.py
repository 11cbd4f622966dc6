from openfeature import api
from trace import t

client = api.get_client()


def main():
    t([x for x in [1, 2] if False])
    t(len([x for x in [1, 2]]))

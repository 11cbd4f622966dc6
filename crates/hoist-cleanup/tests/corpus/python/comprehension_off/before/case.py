from openfeature import api
from trace import t

client = api.get_client()


def main():
    t([x for x in [1, 2] if client.get_boolean_value("new-nav", False)])
    t(len([x for x in [1, 2] if not client.get_boolean_value("new-nav", False)]))

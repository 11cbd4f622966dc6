from openfeature import api
from trace import t

client = api.get_client()


def main():
    t(client.get_object_value("new-nav", {}))

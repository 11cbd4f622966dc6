from openfeature import api
from trace import t

client = api.get_client()


def main():
    x = None
    if client.get_boolean_value("new-nav", False):
        x = "new"
    else:
        x = "old"
    t(x)

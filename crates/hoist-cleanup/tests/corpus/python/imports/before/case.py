from openfeature import api
from trace import t

client = api.get_client()


from os.path import basename, dirname
import json


def main():
    if client.get_boolean_value("new-nav", False):
        t(basename("/a/b"))
    else:
        t(json.dumps(dirname("/a/b")))

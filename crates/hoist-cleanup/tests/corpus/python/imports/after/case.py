from openfeature import api
from trace import t

client = api.get_client()


from os.path import basename


def main():
    t(basename("/a/b"))

from openfeature import api
from trace import t

client = api.get_client()


def main():
    on = True
    t("{on}".format(**locals()))
    if on:
        t("new")

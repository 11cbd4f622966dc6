from openfeature import api
from trace import t

client = api.get_client()


class Nav:
    def __init__(self):
        self.on = True


def main():
    if Nav().on:
        t("new")

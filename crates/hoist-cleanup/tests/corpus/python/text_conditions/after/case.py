from openfeature import api

from trace import t

client = api.get_client()


def main():
    t("b")
    t("yes")
    t("b")
    t("y")
    t(False)
    t(True)

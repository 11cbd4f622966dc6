from openfeature import api
from trace import t

client = api.get_client()


def main():
    t("there")
    t(len("b") > 0)
    t("on")

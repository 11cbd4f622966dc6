from openfeature import api
from trace import t

client = api.get_client()


def main():
    t("the flag new-nav is on")
    t("new")

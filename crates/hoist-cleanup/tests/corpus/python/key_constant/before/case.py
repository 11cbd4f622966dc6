from openfeature import api
from trace import t

client = api.get_client()


_KEY = "new-nav"


def main():
    if client.get_boolean_value(_KEY, False):
        t("new")

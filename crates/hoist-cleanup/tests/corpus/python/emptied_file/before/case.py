from openfeature import api
from trace import t

client = api.get_client()


def main():
    if client.get_boolean_value("new-nav", False):
        t("new")

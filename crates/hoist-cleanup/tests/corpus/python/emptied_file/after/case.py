from openfeature import api
from trace import t

client = api.get_client()


def main():
    t("new")

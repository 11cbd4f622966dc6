from openfeature import api
from trace import t

client = api.get_client()


def is_new():
    return True


def main():
    if is_new():
        t("new")

from openfeature import api
from trace import t

client = api.get_client()


def _is_new(x=None):
    return True


def main():
    t(list(filter(_is_new, [1, 2])))
    t("new")

from openfeature import api
from trace import t

client = api.get_client()


def _is_new(x=None):
    return client.get_boolean_value("new-nav", False)


def main():
    t(list(filter(_is_new, [1, 2])))
    if _is_new():
        t("new")

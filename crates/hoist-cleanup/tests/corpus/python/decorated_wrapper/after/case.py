from openfeature import api
from trace import t

client = api.get_client()


def counted(f):
    def call():
        t("counted")
        return f()

    return call


@counted
def _is_new():
    return True


def main():
    if _is_new():
        t("new")
